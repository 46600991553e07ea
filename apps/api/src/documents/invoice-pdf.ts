import type { InvoiceDetails } from '@metergate/core/invoices/read/invoice-reader.ports';
import { amountText, dayText, periodText, quantityText, statusText } from './invoice-text.ts';
import { printable } from './pdf-text.ts';

const ink = '#16202e';
const soft = '#5b6676';
const rule = '#d9dee6';
const accent = '#2f5bd0';
const statusColors = { draft: soft, open: '#b45309', paid: '#15803d', void: soft, uncollectible: '#b91c1c' };

/** A4 in points. */
const page = { left: 48, right: 547, top: 48, bottom: 780 };
const columns = { quantity: 330, unitPrice: 400, amount: 470 };

type Document = PDFKit.PDFDocument;

/**
 * The invoice as a document of its own. Every number on it is Stripe's as mirrored; nothing is calculated here. The
 * same invoice gives the same document.
 */
export async function renderInvoicePdf(details: InvoiceDetails): Promise<Uint8Array> {
  const { invoice, recipient } = details;
  // Large, and most processes never print anything.
  const { default: PDFDocument } = await import('pdfkit');
  const document = new PDFDocument({
    size: 'A4',
    margins: { left: page.left, right: page.left, top: page.top, bottom: 24 },
    bufferPages: true,
    info: {
      Title: printable(`Invoice ${invoice.number ?? invoice.stripeInvoiceId}`),
      Author: 'Metergate',
      Subject: printable(recipient.name),
      CreationDate: invoice.issuedAt ?? invoice.stripeCreatedAt,
    },
  });
  const bytes = collect(document);
  drawHeader(document, details);
  drawFacts(document, details);
  drawLines(document, details);
  drawTotals(document, details);
  drawFooters(document, details);
  document.end();
  return await bytes;
}

function collect(document: Document): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
}

function drawHeader(document: Document, { invoice }: InvoiceDetails): void {
  document.rect(0, 0, 595.28, 6).fill(accent);
  document.font('Helvetica-Bold').fontSize(24).fillColor(ink).text('Invoice', page.left, page.top);
  document.font('Helvetica').fontSize(11).fillColor(soft);
  document.text(printable(invoice.number ?? 'Not numbered yet'), page.left, page.top + 30);
  const label = statusText(invoice);
  document.font('Helvetica-Bold').fontSize(10);
  const width = document.widthOfString(label) + 20;
  const left = page.right - width;
  document.roundedRect(left, page.top + 2, width, 20, 10).fill(statusColors[invoice.status]);
  document.fillColor('#ffffff').text(label, left, page.top + 8, { width, align: 'center' });
  document.y = page.top + 66;
}

function drawFacts(document: Document, { invoice, recipient }: InvoiceDetails): void {
  const { timeZone } = recipient;
  const top = document.y;
  document.moveTo(page.left, top).lineTo(page.right, top).lineWidth(0.5).stroke(rule);
  drawFact(document, { label: 'Billed to', value: recipient.name, left: page.left, top: top + 14 });
  document.font('Helvetica').fontSize(9.5).fillColor(soft);
  document.text(printable(recipient.email), page.left, document.y + 2, { width: 230 });
  const under = document.y;
  const { periodStart: start, periodEnd: end } = invoice;
  drawFact(document, {
    label: 'Period',
    value: periodText({ start, end }, timeZone),
    left: 300,
    top: top + 14,
  });
  const issued = dayText(invoice.issuedAt ?? invoice.stripeCreatedAt, timeZone);
  drawFact(document, { label: 'Issued', value: issued, left: 300, top: top + 48 });
  const last = lastDate(invoice);
  if (last !== null) {
    drawFact(document, { label: last.label, value: dayText(last.at, timeZone), left: 430, top: top + 48 });
  }
  document.y = Math.max(document.y, under, top + 78) + 18;
}

function lastDate({
  paidAt,
  voidedAt,
  dueAt,
}: InvoiceDetails['invoice']): { label: string; at: Date } | null {
  if (paidAt !== null) return { label: 'Paid', at: paidAt };
  if (voidedAt !== null) return { label: 'Voided', at: voidedAt };
  return dueAt === null ? null : { label: 'Due', at: dueAt };
}

function drawFact(
  document: Document,
  fact: { label: string; value: string; left: number; top: number },
): void {
  document.font('Helvetica').fontSize(8).fillColor(soft).text(fact.label.toUpperCase(), fact.left, fact.top);
  document.font('Helvetica-Bold').fontSize(10.5).fillColor(ink);
  document.text(printable(fact.value), fact.left, fact.top + 12, { width: 240 });
}

function drawLines(document: Document, { lines, invoice, recipient }: InvoiceDetails): void {
  drawTableHead(document);
  for (const line of lines) {
    const description = printable(line.description);
    document.font('Helvetica').fontSize(10);
    const height = document.heightOfString(description, { width: 270 }) + 26;
    if (document.y + height > page.bottom) {
      document.addPage();
      document.y = page.top;
      drawTableHead(document);
    }
    const top = document.y;
    const { quantity, unitPrice } = quantityText(line);
    document.fillColor(ink).text(description, page.left, top + 6, { width: 270 });
    document.fontSize(8).fillColor(soft);
    const span = { start: line.periodStart, end: line.periodEnd };
    document.text(periodText(span, recipient.timeZone), page.left, document.y + 1, { width: 270 });
    drawCell(document, { text: quantity, left: columns.quantity - 20, top: top + 6, width: 70 });
    drawCell(document, { text: unitPrice, left: columns.unitPrice - 15, top: top + 6, width: 75 });
    const amount = amountText(line.amountMinor, invoice.currency);
    drawCell(document, { text: amount, left: columns.amount - 10, top: top + 6, width: 87 });
    document.y = top + height;
    document.moveTo(page.left, document.y).lineTo(page.right, document.y).lineWidth(0.5).stroke(rule);
  }
}

function drawTableHead(document: Document): void {
  const top = document.y;
  document.font('Helvetica-Bold').fontSize(8).fillColor(soft).text('DESCRIPTION', page.left, top);
  const width = 75;
  document.text('QUANTITY', columns.quantity - 25, top, { width, align: 'right' });
  document.text('UNIT PRICE', columns.unitPrice - 15, top, { width, align: 'right' });
  document.text('AMOUNT', columns.amount + 2, top, { width, align: 'right' });
  document.y = top + 14;
  document.moveTo(page.left, document.y).lineTo(page.right, document.y).lineWidth(1).stroke(ink);
}

function drawCell(
  document: Document,
  cell: { text: string; left: number; top: number; width: number },
): void {
  document.font('Helvetica').fontSize(10).fillColor(ink);
  document.text(cell.text, cell.left, cell.top, { width: cell.width, align: 'right', lineBreak: false });
}

function drawTotals(document: Document, { invoice }: InvoiceDetails): void {
  if (document.y + 130 > page.bottom) {
    document.addPage();
    document.y = page.top;
  }
  document.y += 12;
  const { currency } = invoice;
  const rows: [label: string, amountMinor: bigint, isStrong?: boolean][] = [
    ['Subtotal', invoice.subtotalMinor],
    ['Tax', invoice.taxMinor],
    ['Total', invoice.totalMinor, true],
    ['Paid', invoice.amountPaidMinor],
    ['Left to pay', invoice.status === 'void' ? 0n : invoice.amountRemainingMinor, true],
  ];
  for (const [label, amountMinor, isStrong] of rows) {
    const top = document.y;
    document.font(isStrong === true ? 'Helvetica-Bold' : 'Helvetica').fontSize(isStrong === true ? 11.5 : 10);
    document.fillColor(isStrong === true ? ink : soft).text(label, 330, top, { width: 110 });
    const text = amountText(amountMinor, currency);
    document.fillColor(ink).text(text, 430, top, { width: page.right - 430, align: 'right' });
    document.y = top + 19;
  }
}

function drawFooters(document: Document, { invoice, recipient }: InvoiceDetails): void {
  const { count } = document.bufferedPageRange();
  for (let index = 0; index < count; index++) {
    document.switchToPage(index);
    document.font('Helvetica').fontSize(8).fillColor(soft);
    const left = printable(
      `${recipient.name} · ${invoice.number ?? invoice.stripeInvoiceId} · ${invoice.currency}`,
    );
    document.text(left, page.left, 806, { width: 400, height: 10, ellipsis: true });
    const pages = `Page ${index + 1} of ${count}`;
    document.text(pages, page.right - 100, 806, { width: 100, align: 'right', lineBreak: false });
  }
}
