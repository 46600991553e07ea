import { describe, expect, it } from 'vitest';
import { canInvoice, type InvoiceAction, type InvoiceEvent, invoiceAfter } from './invoice-lifecycle.ts';
import { invoiceStatusSchema } from './invoices.schemas.ts';

const statuses = invoiceStatusSchema.options;
const events: InvoiceEvent[] = ['finalize', 'pay', 'void', 'mark_uncollectible'];

describe('invoice lifecycle', () => {
  it('knows exactly these moves', () => {
    const moves = statuses.flatMap((status) =>
      events.flatMap((event) => {
        try {
          return [`${status} ${event} ${invoiceAfter(status, event)}`];
        } catch {
          return [];
        }
      }),
    );
    expect(moves.toSorted()).toEqual([
      'draft finalize open',
      'open mark_uncollectible uncollectible',
      'open pay paid',
      'open void void',
      'uncollectible pay paid',
      'uncollectible void void',
    ]);
  });

  it('refuses everything else as a conflict that says why', () => {
    expect(() => invoiceAfter('paid', 'void')).toThrow(
      expect.objectContaining({
        code: 'INVOICE_TRANSITION_REFUSED',
        kind: 'conflict',
        userMessage: 'The invoice is already paid.',
      }),
    );
  });

  it('offers actions by status', () => {
    const actions: InvoiceAction[] = [
      'edit',
      'finalize',
      'pay',
      'void',
      'mark_uncollectible',
      'issue_credit_note',
      'dispute',
      'download',
    ];
    const offered = (status: (typeof statuses)[number]) =>
      actions.filter((action) => canInvoice({ status, amountRemainingMinor: 100n }, action).allowed);
    expect(offered('draft')).toEqual(['edit', 'finalize']);
    expect(offered('open')).toEqual([
      'pay',
      'void',
      'mark_uncollectible',
      'issue_credit_note',
      'dispute',
      'download',
    ]);
    expect(offered('paid')).toEqual(['issue_credit_note', 'dispute', 'download']);
    expect(offered('void')).toEqual(['download']);
    expect(offered('uncollectible')).toEqual(['pay', 'void', 'dispute', 'download']);
  });

  it('does not ask to pay nothing, and explains disabled buttons', () => {
    expect(canInvoice({ status: 'open', amountRemainingMinor: 0n }, 'pay').reason).toBe(
      'Nothing is left to pay.',
    );
    expect(canInvoice({ status: 'void', amountRemainingMinor: 100n }, 'pay').reason).toBe(
      'The invoice is void.',
    );
  });
});
