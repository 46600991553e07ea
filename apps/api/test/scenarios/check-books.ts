import type { TestBilling } from '../start-test-billing.ts';

type Owner = TestBilling['db']['owner'];

interface StripeInvoice {
  status: string;
  currency: string;
  subtotal: number;
  total: number;
  amount_due: number;
  total_discount_amounts: { amount: number }[] | null;
  total_taxes: { amount: number }[] | null;
}

/**
 * What holds of every story at its end, per currency (I11, I14): lines sum to their invoice, an invoice is paid or
 * owed and nothing else, money received is charges minus refunds, credit used is what customers' balances lost, and
 * statements are numbered without a gap. Throws with everything that does not.
 */
export async function checkBooks(owner: Owner, emulatorUrl: string): Promise<void> {
  const odd: string[] = [];
  for (const [what, sql] of Object.entries(neverFound)) {
    const { rows } = await owner.query(sql);
    for (const row of rows) odd.push(`${what}: ${JSON.stringify(row)}`);
  }
  odd.push(...(await oddCash(owner, emulatorUrl)), ...(await oddCredit(emulatorUrl)));
  if (odd.length > 0) throw new Error(`the books of the story do not add up:\n${odd.join('\n')}`);
}

const neverFound = {
  // A discount is a line of its own here.
  'lines and tax do not sum to the total': `
    select i.number, i.total_minor::text, i.tax_minor::text, sum(l.amount_minor)::text as lines from invoices i
      left join invoice_lines l on l.organization_id = i.organization_id and l.invoice_id = i.id
     where i.status <> 'draft' group by i.organization_id, i.id
    having i.total_minor <> coalesce(sum(l.amount_minor), 0) + i.tax_minor`,
  'due is neither paid nor owed': `
    select number, status, amount_due_minor::text, amount_paid_minor::text, amount_remaining_minor::text from invoices
     where status in ('open', 'paid') and amount_due_minor <> amount_paid_minor + amount_remaining_minor`,
  'paid and something is owed': `
    select number, amount_remaining_minor::text from invoices where status = 'paid' and amount_remaining_minor <> 0`,
  'refunded more than was paid': `
    select number, refunded_minor::text from invoices where refunded_minor > amount_paid_minor`,
  'a statement is not the sum of its lines': `
    select number, total_minor::text from usage_statements
     where total_minor <> (select sum((line->>'amountMinor')::bigint) from jsonb_array_elements(content->'lines') line)`,
  'numbers of statements have a gap': `
    select organization_id, max(number), count(*)::int from usage_statements
     group by organization_id having max(number) <> count(*) or min(number) <> 1`,
};

/** Money received by our mirror against the charges and refunds of Stripe. */
async function oddCash(owner: Owner, emulatorUrl: string): Promise<string[]> {
  const { rows }: { rows: { currency: string; cash: string }[] } = await owner.query(
    `select currency, sum(amount_paid_minor - refunded_minor)::text as cash from invoices group by currency`,
  );
  const charges = await list<{ currency: string; status: string; amount: number; amount_refunded: number }>(
    emulatorUrl,
    'charges',
  );
  return rows.flatMap(({ currency, cash }) => {
    const received = charges.filter((one) => one.status === 'succeeded' && isIn(one, currency));
    const atStripe = sum(received.map((one) => one.amount - one.amount_refunded));
    return cash === String(atStripe) ? [] : [`cash in ${currency}: ${cash} here, ${atStripe} at Stripe`];
  });
}

/** What invoices took from customers' balances, or gave to them, against the balances themselves. */
async function oddCredit(emulatorUrl: string): Promise<string[]> {
  const odd: string[] = [];
  for (const { id, balance } of await list<{ id: string; balance: number }>(emulatorUrl, 'customers')) {
    const path = `customers/${id}/balance_transactions`;
    const movements = await list<{ amount: number; type: string }>(emulatorUrl, path);
    const invoices = await list<StripeInvoice>(emulatorUrl, `invoices?customer=${id}`);
    const total = sum(movements.map(({ amount }) => amount));
    if (total !== balance) odd.push(`balance of ${id}: ${balance}, its movements are ${total}`);
    const applied = sum(
      movements.filter(({ type }) => type === 'applied_to_invoice').map(({ amount }) => amount),
    );
    const final = invoices.filter(({ status }) => status !== 'draft');
    const unbilled = sum(final.map((one) => one.total - one.amount_due));
    if (applied !== unbilled) odd.push(`credit of ${id}: ${applied} moved, invoices say ${unbilled}`);
    for (const one of final) {
      const expected =
        one.subtotal - sum(amountsOf(one.total_discount_amounts)) + sum(amountsOf(one.total_taxes));
      if (expected !== one.total)
        odd.push(`total of an invoice of ${id}: ${one.total} instead of ${expected}`);
    }
  }
  return odd;
}

function amountsOf(parts: { amount: number }[] | null): number[] {
  return (parts ?? []).map(({ amount }) => amount);
}

function isIn(charge: { currency: string }, currency: string): boolean {
  return charge.currency.toUpperCase() === currency;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

const pagesMax = 50;

async function list<T>(emulatorUrl: string, path: string): Promise<T[]> {
  const rows: (T & { id: string })[] = [];
  for (let page = 0; page < pagesMax; page += 1) {
    const after = rows.at(-1) === undefined ? '' : `&starting_after=${rows.at(-1)?.id}`;
    const url = `${emulatorUrl}/v1/${path}${path.includes('?') ? '&' : '?'}limit=100${after}`;
    const answer = await fetch(url, { headers: { authorization: 'Bearer sk_test_emulator' } });
    const { data, has_more: hasMore } = (await answer.json()) as { data: typeof rows; has_more: boolean };
    rows.push(...data);
    if (!hasMore) return rows;
  }
  throw new Error(`${path} has more than ${pagesMax} pages`);
}
