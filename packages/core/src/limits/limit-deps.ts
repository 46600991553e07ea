import type { Clock } from '../shared/clock.ts';
import type { ClientId, IdSource, OrganizationId } from '../shared/ids.ts';
import { parseQuantity, type Quantity } from '../shared/money/quantity.ts';
import { isEventText } from '../usage/event-text.ts';
import { usageRejected } from '../usage/usage.errors.ts';
import type { UsageDirectory } from '../usage/usage.ports.ts';
import type { LimitReason } from './limit-decision.ts';
import { grantOf, type LimitSubject } from './limit-subject.ts';
import { clientUnknown } from './limits.errors.ts';
import type {
  EntitlementReader,
  GaugeStore,
  LimitLedger,
  LimitOperation,
  ReceiptLog,
  Verdict,
} from './limits.ports.ts';
import type { OutageJournal } from './outage/outage.ports.ts';

export interface LimitDeps {
  clock: Clock;
  ids: IdSource;
  entitlements: EntitlementReader;
  directory: Pick<UsageDirectory, 'findClients'>;
  ledger: LimitLedger;
  gauges: GaugeStore;
  receipts: ReceiptLog;
  /** Takes what is allowed while the database is away. */
  outage: OutageJournal;
  /** Told which totals moved, so that thresholds are looked at soon. */
  onUsage?: (organizationId: OrganizationId, feature: string) => void;
  /** Told what was refused because nothing is left: where a limit was lowered nothing moves any more. */
  onExhausted?: (organizationId: OrganizationId, feature: string) => void;
}

/** Reasons that say that a threshold was reached, whoever has noticed it. */
const exhausted: ReadonlySet<string | null> = new Set<LimitReason>(['limit_reached', 'budget_reached']);

/** Tells whoever looks at thresholds what a decision means for them. */
export function tellOutcome(
  deps: Pick<LimitDeps, 'onUsage' | 'onExhausted'>,
  { snapshot, grant, operation }: Pick<LimitSubject, 'snapshot' | 'grant' | 'operation'>,
  { decision, reason }: Pick<Verdict, 'decision' | 'reason'>,
): void {
  const { organizationId } = snapshot.facts;
  if (decision !== 'blocked' && operation !== 'check') deps.onUsage?.(organizationId, grant.feature.key);
  if (decision === 'blocked' && exhausted.has(reason)) deps.onExhausted?.(organizationId, grant.feature.key);
}

/** A request as it comes from the edge; every field is checked here, the same for check, consume and reserve. */
export interface LimitInput {
  feature: string;
  quantity: unknown;
  id?: string | undefined;
  client?: string | undefined;
  subject?: string | undefined;
}

/**
 * Reads the request and the organization's rights.
 * @throws FEATURE_UNKNOWN, QUANTITY_INVALID, CLIENT_UNKNOWN, ID_INVALID, SUBJECT_INVALID
 */
export async function readLimitSubject(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; operation: LimitOperation; input: LimitInput },
): Promise<LimitSubject> {
  const { organizationId, operation, input } = request;
  const quantity: Quantity = parseQuantity(input.quantity);
  if (input.id !== undefined && !isEventText(input.id)) throw usageRejected('ID_INVALID');
  if (input.subject !== undefined && !isEventText(input.subject)) throw usageRejected('SUBJECT_INVALID');
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const grant = grantOf(snapshot, input.feature);
  const clientId = input.client === undefined ? null : await findClient(deps, organizationId, input.client);
  const at = deps.clock.now();
  return { snapshot, grant, at, operation, quantity, clientId, subject: input.subject ?? null };
}

async function findClient(
  deps: LimitDeps,
  organizationId: OrganizationId,
  reference: string,
): Promise<ClientId> {
  const found = isEventText(reference)
    ? await deps.directory.findClients(organizationId, [reference])
    : undefined;
  const clientId = found?.get(reference);
  if (clientId === undefined) throw clientUnknown();
  return clientId;
}
