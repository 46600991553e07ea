import type {
  StatementLine,
  UsageStatementView,
} from '@metergate/core/payments/statements/statement.schemas';
import { amountText, dayText, periodText } from './invoice-text.ts';
import { printable } from './pdf-text.ts';

const ink = '#16202e';
const soft = '#5b6676';
const rule = '#d9dee6';
const page = { left: 48, right: 547, top: 48, bottom: 790 };

type Document = PDFKit.PDFDocument;

export interface StatementRecipient {
  name: string;
  email: string;
}

/** The statement on paper. It is stored as it was issued, so the same number is the same document for ever. */
export async function renderStatementPdf(
  statement: UsageStatementView,
  recipient: StatementRecipient,
): Promise<Uint8Array> {
  const issuedAt = new Date(statement.issuedAt);
  // Large, and most processes never print anything.
  const { default: PDFDocument } = await import('pdfkit');
  const document = new PDFDocument({
    size: 'A4',
    margins: { left: page.left, right: page.right, top: page.top, bottom: 24 },
    info: { Title: `Usage statement ${statement.number}`, Author: 'Metergate', CreationDate: issuedAt },
  });
  const bytes = collect(document);
  document.font('Helvetica-Bold').fontSize(24).fillColor(ink).text('Usage statement', page.left, page.top);
  document.font('Helvetica').fontSize(10).fillColor(soft);
  document.text(`${statement.number}, issued ${dayText(issuedAt, 'UTC')} (all days in UTC)`);
  document.text(printable(`${recipient.name}, ${recipient.email}`)).moveDown(2);
  for (const line of statement.lines) drawLine(document, line, statement.currency);
  document.moveDown(1).font('Helvetica-Bold').fontSize(12).fillColor(ink);
  document.text(`Total ${amountText(BigInt(statement.totalMinor), statement.currency)}`, { align: 'right' });
  document.font('Helvetica').fontSize(8).fillColor(soft).moveDown(2);
  document.text('Lists what was worked out for usage. Payment is due on the invoices only.', page.left);
  document.end();
  return await bytes;
}

function drawLine(document: Document, line: StatementLine, currency: string): void {
  if (document.y + 40 > page.bottom) {
    document.addPage();
    document.y = page.top;
  }
  const top = document.y;
  document.font('Helvetica').fontSize(10).fillColor(ink);
  document.text(amountText(BigInt(line.amountMinor), currency), 440, top, { width: 107, align: 'right' });
  document.text(printable(line.description), page.left, top, { width: 380 });
  const period = { start: new Date(line.period.start), end: new Date(line.period.end) };
  const terms = line.planVersion === null ? '' : `, terms ${line.planVersion}`;
  const rated = line.isRatedAtStripe ? ', on the invoice of the subscription' : '';
  document.fontSize(8).fillColor(soft);
  document.text(printable(`${periodText(period, 'UTC')}${terms}${rated}`), page.left, document.y + 1, {
    width: 380,
  });
  document.y += 6;
  document.moveTo(page.left, document.y).lineTo(page.right, document.y).lineWidth(0.5).stroke(rule);
  document.y += 6;
}

function collect(document: Document): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
}
