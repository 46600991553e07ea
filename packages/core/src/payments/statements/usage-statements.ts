import { notFound, type OrganizationId, type SubscriptionId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { UsageBillingRecord } from '../bill-usage/bill-usage.ports.ts';
import type { StatementLine, UsageStatementView } from './statement.schemas.ts';

export interface UsageStatement {
  number: number;
  subscriptionId: SubscriptionId;
  family: string;
  issuedAt: Date;
  currency: string;
  totalMinor: bigint;
  lines: StatementLine[];
}

export interface UsageStatementRepository {
  /** Numbers follow each other without gaps: the series stays locked until the transaction ends. */
  issue(organizationId: OrganizationId, statement: Omit<UsageStatement, 'number'>): Promise<UsageStatement>;
  /** Newest first. */
  list(organizationId: OrganizationId, limit: number): Promise<UsageStatement[]>;
  find(organizationId: OrganizationId, number: number): Promise<UsageStatement | null>;
}

/**
 * Issues the document of what one billing run decided, in the run's own transaction; none for a run that decided
 * nothing of account. It never changes: what is decided later, adjustments too, is on a later one.
 */
export async function issueStatement(
  tx: { usageStatements: UsageStatementRepository },
  decided: {
    organizationId: OrganizationId;
    record: SubscriptionRecord;
    billings: readonly UsageBillingRecord[];
    issuedAt: Date;
  },
): Promise<void> {
  const { organizationId, record, billings, issuedAt } = decided;
  const lines = billings.filter(({ amountMinor, quantity }) => amountMinor !== 0n || quantity !== '0');
  if (lines.length === 0) return;
  await tx.usageStatements.issue(organizationId, {
    subscriptionId: record.id,
    family: record.family,
    issuedAt,
    currency: record.currency,
    totalMinor: lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    lines: lines.map(lineOf),
  });
}

function lineOf(billing: UsageBillingRecord): StatementLine {
  const { feature, description, kind, periodStart, periodEnd, planVersion, priceKey, quantity } = billing;
  return {
    meter: feature,
    description,
    kind,
    period: { start: periodStart.toISOString(), end: periodEnd.toISOString() },
    planVersion,
    priceKey,
    quantity,
    amountMinor: billing.amountMinor.toString(),
    // What Stripe rated is settled: its line is on an invoice already when it is written down here.
    isRatedAtStripe:
      billing.kind === 'final' && billing.status === 'billed' && billing.stripeInvoiceId !== null,
  };
}

interface StatementDeps {
  unitOfWork: UnitOfWork<{ usageStatements: UsageStatementRepository }>;
}

/** The latest 100, newest first. */
export async function listStatements(
  deps: StatementDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<UsageStatementView[]> {
  const found = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.usageStatements.list(organizationId, 100),
  );
  return found.map(toView);
}

/** By the number people see. @throws NOT_FOUND */
export async function getStatement(
  deps: StatementDeps,
  { organizationId, number }: { organizationId: OrganizationId; number: string },
): Promise<UsageStatementView> {
  const digits = /^US-(\d{6,9})$/.exec(number)?.[1];
  if (digits === undefined) throw notFound('usage statement');
  const found = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.usageStatements.find(organizationId, Number(digits)),
  );
  if (found === null) throw notFound('usage statement');
  return toView(found);
}

function toView({
  number,
  family,
  issuedAt,
  currency,
  totalMinor,
  lines,
}: UsageStatement): UsageStatementView {
  return {
    number: `US-${String(number).padStart(6, '0')}`,
    family,
    issuedAt: issuedAt.toISOString(),
    currency,
    totalMinor: totalMinor.toString(),
    lines,
  };
}
