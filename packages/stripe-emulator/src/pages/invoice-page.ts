import { sumTaxes } from '../billing/amounts/taxes.ts';
import { collect, defaultMethod } from '../billing/invoicing/collect.ts';
import { attachPaymentMethod } from '../resources/payments/payment-methods.ts';
import type { InvoiceRow } from '../store/billing-rows.ts';
import type { PaymentMethodRow } from '../store/rows.ts';
import type { World } from '../world.ts';
import { attempt, cardFields, methodLabel, readCardForm } from './card-form.ts';
import { invoicePdf } from './invoice-pdf.ts';
import { day, document, html, money, statusTag } from './layout.ts';
import type { PageAnswer, PageRequest } from './pages.ts';

/** The hosted invoice `/i/:account/:key` with a pay form, and its PDF. */
export async function invoicePage(
  world: World,
  request: PageRequest,
  [key = '', part]: string[],
): Promise<PageAnswer> {
  const invoice = key === '' ? undefined : world.store.all('invoice').find((row) => row._hostedKey === key);
  if (!invoice)
    return {
      status: 404,
      html: document('Invoice', html`<div class="card"><h1>This invoice does not exist</h1></div>`),
    };
  if (part === 'pdf')
    return { status: 200, bytes: await invoicePdf(world, invoice), contentType: 'application/pdf' };
  if (request.method !== 'POST' || invoice.status !== 'open')
    return { status: 200, html: view(world, invoice, null) };
  return payNow(world, invoice, request);
}

function payNow(world: World, invoice: InvoiceRow, request: PageRequest): PageAnswer {
  const problem = { text: null as string | null, challengeUrl: null as string | null };
  const failure = attempt(world, () => {
    const method =
      request.form.action === 'pay_saved'
        ? defaultMethod(world, invoice)
        : newMethod(world, invoice, request);
    const result = collect(world, invoice, {
      ...(method ? { method } : {}),
      isOnSession: true,
      isAutomatic: false,
    });
    if (result.outcome === 'requires_action' && result.charge) {
      const intent = result.charge.intent;
      const returnUrl = String(result.invoice.hosted_invoice_url);
      world.store.put('payment_intent', { ...intent, _returnUrl: returnUrl });
      problem.challengeUrl = `${world.url}/c/authenticate/${intent.id}?client_secret=${intent.client_secret}`;
    } else if (result.outcome !== 'paid' && result.outcome !== 'processing')
      problem.text = result.charge?.decline?.message ?? 'There is no card to charge.';
  });
  if (problem.challengeUrl) return { status: 303, location: problem.challengeUrl };
  const current = world.store.get('invoice', invoice.id) ?? invoice;
  const text = failure ?? problem.text;
  return { status: text ? 402 : 200, html: view(world, current, text) };
}

function newMethod(world: World, invoice: InvoiceRow, request: PageRequest): PaymentMethodRow {
  return attachPaymentMethod(world, readCardForm(world, request.form), invoice.customer);
}

function view(world: World, invoice: InvoiceRow, problem: string | null): string {
  const saved = defaultMethod(world, invoice);
  const amount = money(invoice.amount_remaining, invoice.currency);
  return document(
    `Invoice ${invoice.number ?? ''}`,
    html`<div class="split"><section>
<h1>Invoice ${invoice.number ?? '(draft)'}</h1><p>${statusTag(invoice.status)} <span class="soft">${invoice.customer_name ?? invoice.customer_email ?? ''}</span></p>
<div class="amount">${money(invoice.amount_due, invoice.currency)}</div>
<table><thead><tr><th>Description</th><th class="number">Amount</th></tr></thead><tbody>
${invoice.lines.data.map((line) => html`<tr><td>${line.description}<div class="soft">${day(line.period.start)} – ${day(line.period.end)}</div></td><td class="number">${money(line.amount, line.currency)}</td></tr>`)}
${discountRow(invoice)}
${taxRows(world, invoice)}
<tr class="total"><th scope="row">Total</th><td class="number">${money(invoice.total, invoice.currency)}</td></tr>
<tr><td>Amount paid</td><td class="number">${money(invoice.amount_paid, invoice.currency)}</td></tr>
</tbody></table>
<p><a href="${invoice.invoice_pdf}">Download invoice (PDF)</a></p></section>
<section class="card" aria-label="Payment">
${problem ? html`<p class="error" role="alert">${problem}</p>` : null}
${
  invoice.status === 'open'
    ? html`${saved ? html`<form method="post"><button class="wide" name="action" value="pay_saved">Pay ${amount} with ${methodLabel(saved)}</button></form><p class="soft">or with another card</p>` : null}
<form method="post">${cardFields()}<button class="wide" name="action" value="pay">Pay ${amount}</button></form>`
    : html`<h2>${invoice.status === 'paid' ? 'Paid. Thank you.' : `This invoice is ${invoice.status}.`}</h2>`
}</section></div>`,
  );
}

function discountRow({ lines, currency }: InvoiceRow) {
  const parts = lines.data.flatMap((line) => line.discount_amounts);
  const off = parts.reduce((sum, part) => sum + part.amount, 0);
  return off === 0 ? null : html`<tr><td>Discount</td><td class="number">${money(-off, currency)}</td></tr>`;
}

function taxRows(world: World, invoice: InvoiceRow) {
  return sumTaxes(invoice.lines.data.flatMap((line) => line.taxes)).map((tax) => {
    const rate = world.store.get('tax_rate', tax.tax_rate_details.tax_rate);
    const included = tax.tax_behavior === 'inclusive' ? ' (included)' : '';
    return html`<tr><td>${rate?.display_name} ${rate?.percentage}%${included}</td><td class="number">${money(tax.amount, invoice.currency)}</td></tr>`;
  });
}
