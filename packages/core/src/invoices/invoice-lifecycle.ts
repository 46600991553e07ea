import { AppError } from '../shared/app-error.ts';
import type { PermissionView } from '../shared/view.schemas.ts';
import type { InvoiceStatus } from './invoice-snapshot.ts';

export type InvoiceEvent = 'finalize' | 'pay' | 'void' | 'mark_uncollectible';

/** (status, event) → status. What is absent is refused; paid and void are final. */
const transitions: Readonly<Record<InvoiceStatus, Readonly<Partial<Record<InvoiceEvent, InvoiceStatus>>>>> = {
  draft: { finalize: 'open' },
  open: { pay: 'paid', void: 'void', mark_uncollectible: 'uncollectible' },
  // A written-off invoice can still be paid, or taken back altogether.
  uncollectible: { pay: 'paid', void: 'void' },
  paid: {},
  void: {},
};

export type InvoiceAction =
  | 'edit'
  | 'finalize'
  | 'pay'
  | 'void'
  | 'mark_uncollectible'
  | 'issue_credit_note'
  | 'dispute'
  | 'download';

const statusesByAction: Readonly<Record<InvoiceAction, readonly InvoiceStatus[]>> = {
  edit: ['draft'],
  finalize: statusesWith('finalize'),
  pay: statusesWith('pay'),
  void: statusesWith('void'),
  mark_uncollectible: statusesWith('mark_uncollectible'),
  issue_credit_note: ['open', 'paid'],
  dispute: ['open', 'paid', 'uncollectible'],
  download: ['open', 'paid', 'void', 'uncollectible'],
};

const refusalByStatus: Readonly<Record<InvoiceStatus, string>> = {
  draft: 'The invoice is still a draft.',
  open: 'The invoice is final; its lines no longer change.',
  paid: 'The invoice is already paid.',
  void: 'The invoice is void.',
  uncollectible: 'The invoice was written off.',
};

/** The next status. Throws INVOICE_TRANSITION_REFUSED when the table has none. */
export function invoiceAfter(status: InvoiceStatus, event: InvoiceEvent): InvoiceStatus {
  const next = transitions[status][event];
  if (next !== undefined) return next;
  throw new AppError({
    code: 'INVOICE_TRANSITION_REFUSED',
    kind: 'conflict',
    message: `an invoice that is ${status} cannot ${event}`,
    userMessage: refusalByStatus[status],
    context: { status, event },
    exposeContext: true,
  });
}

/**
 * Whether an action makes sense for an invoice in this state, and why not: a button shows the reason. Who may do it
 * is another question.
 */
export function canInvoice(
  invoice: { status: InvoiceStatus; amountRemainingMinor: bigint },
  action: InvoiceAction,
): PermissionView {
  if (!statusesByAction[action].includes(invoice.status)) {
    return { allowed: false, reason: refusalByStatus[invoice.status] };
  }
  if (action === 'pay' && invoice.amountRemainingMinor <= 0n) {
    return { allowed: false, reason: 'Nothing is left to pay.' };
  }
  return { allowed: true, reason: null };
}

function statusesWith(event: InvoiceEvent): InvoiceStatus[] {
  const statuses: InvoiceStatus[] = ['draft', 'open', 'paid', 'void', 'uncollectible'];
  return statuses.filter((status) => transitions[status][event] !== undefined);
}
