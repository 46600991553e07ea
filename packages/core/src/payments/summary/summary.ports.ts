import type { PlanVersionRepository } from '../../catalog/publish-catalog.ports.ts';
import type { InvoiceRepository } from '../../invoices/invoices.ports.ts';
import type { EntitlementReader } from '../../limits/limits.ports.ts';
import type { MemberRepository } from '../../organizations/organizations.ports.ts';
import type { Clock } from '../../shared/clock.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { SubscriptionRepository } from '../../subscriptions/subscriptions.ports.ts';
import type { UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { BillingAccountRepository, PaymentMethodRepository } from '../payments.ports.ts';
import type { LevelRepository } from '../purchase/purchase.ports.ts';

export interface SummaryTx {
  billingAccounts: BillingAccountRepository;
  subscriptions: SubscriptionRepository;
  planVersions: PlanVersionRepository;
  invoices: InvoiceRepository;
  paymentMethods: PaymentMethodRepository;
  members: Pick<MemberRepository, 'list'>;
  levels: LevelRepository;
}

export interface SummaryDeps {
  unitOfWork: UnitOfWork<SummaryTx>;
  entitlements: EntitlementReader;
  usage: Pick<UsageReader, 'totals'>;
  clock: Clock;
}

/** Who reads: texts are written for them. */
export interface SummaryReader {
  /** Members see no amounts. */
  seesMoney: boolean;
  mayBuy: boolean;
}
