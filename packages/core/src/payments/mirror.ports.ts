import type { PlanVersionRepository } from '../catalog/publish-catalog.ports.ts';
import type { CreditNoteRepository, InvoiceRepository } from '../invoices/invoices.ports.ts';
import type { MailOutbox } from '../organizations/organizations.ports.ts';
import type { AuditLog } from '../shared/audit.ts';
import type { OrganizationId } from '../shared/ids.ts';
import type { OutgoingMessages } from '../shared/outgoing-messages.ts';
import type { Outbox } from '../shared/unit-of-work.ts';
import type { SubscriptionRepository } from '../subscriptions/subscriptions.ports.ts';
import type { RecordTermsTx } from '../subscriptions/terms/record-terms.ts';
import type { DriftRepository } from './drift/drift.ports.ts';
import type { OwnPriceRepository } from './own-prices/own-prices.ports.ts';
import type {
  BillingAccountRepository,
  CheckoutSessionRepository,
  PaymentMethodRepository,
} from './payments.ports.ts';
import type { RevenueLevelRepository } from './revenue/revenue-level.ts';

/** Marks the events whose effect this transaction is, so that effect and marks commit together. */
export interface InboundMarks {
  /** False when somebody else holds or finished one of them meanwhile: then nothing may be committed. */
  markProcessed(
    organizationId: OrganizationId,
    input: { events: readonly { id: string; effect: unknown }[]; leasedBy: string; at: Date },
  ): Promise<boolean>;
}

/** Numbers readings of Stripe in the order in which they began. */
export interface ReadingCounter {
  next(): Promise<bigint>;
}

/** What keeping the mirror equal to Stripe needs inside one transaction. */
export interface MirrorTx extends RecordTermsTx {
  revenueLevels: RevenueLevelRepository;
  billingAccounts: BillingAccountRepository;
  subscriptions: SubscriptionRepository;
  invoices: InvoiceRepository;
  creditNotes: CreditNoteRepository;
  paymentMethods: PaymentMethodRepository;
  checkoutSessions: CheckoutSessionRepository;
  planVersions: PlanVersionRepository;
  inboundEvents: InboundMarks;
  readings: ReadingCounter;
  drift: DriftRepository;
  mail: MailOutbox;
  audit: AuditLog;
  outbox: Outbox;
  ownPrices: OwnPriceRepository;
  messages: OutgoingMessages;
}
