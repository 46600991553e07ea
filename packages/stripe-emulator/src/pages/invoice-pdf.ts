import type { InvoiceRow } from '../store/billing-rows.ts';
import type { World } from '../world.ts';
import { day, money } from './layout.ts';

/** A real PDF of the invoice's lines and totals. */
export async function invoicePdf(_world: World, invoice: InvoiceRow): Promise<Buffer> {
  // Loaded on demand: it takes longer to load than everything else together.
  const { default: PDFDocument } = await import('pdfkit');
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 50,
    info: { Title: `Invoice ${invoice.number ?? invoice.id}` },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<Buffer>((resolve, reject) => {
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  pdf.fontSize(20).text('Invoice').moveDown(0.5);
  pdf.fontSize(10).fillColor('#555').text('Test mode: made by the local Stripe emulator.').moveDown();
  pdf.fillColor('#000').text(`Number: ${invoice.number ?? 'draft'}`);
  pdf.text(`Date of issue: ${day(invoice.status_transitions.finalized_at ?? invoice.created)}`);
  pdf
    .text(`Bill to: ${String(invoice.customer_name ?? invoice.customer_email ?? invoice.customer)}`)
    .moveDown();
  for (const line of invoice.lines.data) {
    pdf.text(`${line.description ?? ''} (${day(line.period.start)} - ${day(line.period.end)})`, {
      continued: false,
    });
    pdf.text(plain(line.amount, line.currency), { align: 'right' });
  }
  pdf.moveDown();
  pdf.text(`Subtotal: ${plain(invoice.subtotal, invoice.currency)}`, { align: 'right' });
  pdf.text(`Total: ${plain(invoice.total, invoice.currency)}`, { align: 'right' });
  pdf.fontSize(12).text(`Amount due: ${plain(invoice.amount_due, invoice.currency)}`, { align: 'right' });
  pdf.end();
  return finished;
}

/** The built-in PDF fonts have no euro-like symbols beyond Latin-1, so the code is written out. */
function plain(amount: number, currency: string): string {
  return `${money(amount, currency).replace(/[^\d.,-]/g, '')} ${currency.toUpperCase()}`;
}
