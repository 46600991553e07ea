import type { Actor } from '../../shared/actor.ts';
import { actorText } from '../../shared/actor-text.ts';
import { authorize } from '../../shared/authorize.ts';
import type { ComparedField } from '../../shared/compared-field.ts';
import { driftMeanings } from '../../shared/drift-kinds.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { effectSummary, type SyncEffect } from '../apply-stripe-facts.ts';
import type { MirrorTx } from '../mirror.ports.ts';
import { previewSync, type SyncDeps, syncFromStripe } from '../sync-organization.ts';
import { everything } from '../sync-scope.ts';
import { type ClassifiedDrift, classifyDrift } from './classify-drift.ts';
import type { DriftFinding, UnderWay } from './drift.ports.ts';
import type { DriftRow } from './drift.schemas.ts';
import { recordDrift } from './record-drift.ts';

export interface ReconcileDeps extends SyncDeps {
  underWay: UnderWay;
}

interface Whose {
  actor: Actor;
  organizationId: OrganizationId;
}

/** Invoices in these statuses can still change at Stripe. */
const openStatuses: ReadonlySet<string> = new Set(['draft', 'open', 'uncollectible']);
const invoicesLookedAt = 100;

/**
 * Field by field what we hold and what Stripe holds, with why it differs: subscriptions with items, invoices, payment
 * methods. Writes nothing. Throws STRIPE_UNAVAILABLE.
 */
export async function readDrift(deps: ReconcileDeps, { actor, organizationId }: Whose): Promise<DriftRow[]> {
  authorize(actor, { staff: 'support' });
  let found: ClassifiedDrift[] = [];
  const request = { actor, organizationId, scope: everything };
  const effect = await previewSync(deps, request, async (_, seen) => {
    found = await classify(deps, { organizationId, effect: seen });
  });
  return rowsOf(effect, found);
}

/**
 * Makes our side equal to Stripe's and says why in the audit log; never writes to Stripe. Answers what differed
 * before. A person stands behind it, so Stripe's amounts count too. Repeating it changes nothing.
 */
export async function resyncOrganization(
  deps: ReconcileDeps,
  { actor, organizationId, reason }: Whose & { reason: string },
): Promise<DriftRow[]> {
  authorize(actor, { staff: 'billing_ops' });
  let found: ClassifiedDrift[] = [];
  const request = { actor, organizationId, scope: everything, takesBills: true };
  const effect = await syncFromStripe(deps, request, async (tx, seen) => {
    found = await classify(deps, { organizationId, effect: seen });
    await record(deps, { tx, organizationId, effect: seen, found, by: { name: actorText(actor), reason } });
    await tx.audit.append({
      organizationId,
      actor,
      action: 'organization.resynced',
      target: { kind: 'organization', id: organizationId },
      reason,
      after: { differences: seen.compared.filter(({ equal }) => !equal).length, ...effectSummary(seen) },
    });
  });
  return rowsOf(effect, found);
}

/**
 * The regular comparison of one organization: everything that can still change. Finished invoices are left out, they
 * never change; new ones come with their events. Repairs what needs no person. Answers how many fields differed, and
 * the findings somebody must hear of.
 */
export async function sweepOrganization(
  deps: ReconcileDeps,
  { actor, organizationId }: Whose,
): Promise<{ repairedFields: number; told: DriftFinding[] }> {
  const known = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.invoices.listAll(organizationId, invoicesLookedAt),
  );
  const invoices = known.filter(({ status }) => openStatuses.has(status)).map((one) => one.stripeInvoiceId);
  const scope = { subscriptions: true, paymentMethods: true, invoices };
  let answer: { repairedFields: number; told: DriftFinding[] } = { repairedFields: 0, told: [] };
  await syncFromStripe(deps, { actor, organizationId, scope }, async (tx, effect) => {
    const found = await classify(deps, { organizationId, effect });
    const told = await record(deps, { tx, organizationId, effect, found, by: null });
    const repaired = found.filter(({ kind }) => driftMeanings[kind].repairs);
    answer = { repairedFields: repaired.flatMap(({ fields }) => fields).length, told };
  });
  return answer;
}

interface Person {
  name: string;
  reason: string;
}

interface Seen {
  tx: MirrorTx;
  organizationId: OrganizationId;
  effect: SyncEffect;
}

async function classify(
  deps: ReconcileDeps,
  { organizationId, effect }: Omit<Seen, 'tx'>,
): Promise<ClassifiedDrift[]> {
  const hasDrift = effect.compared.some(({ equal }) => !equal);
  if (!hasDrift && effect.issues.length === 0 && effect.absent.length === 0) return [];
  const now = deps.clock.now();
  return classifyDrift(effect, { inFlight: await deps.underWay.read(organizationId, now), now });
}

/** Without a person behind it only what needs none is repaired and closed. */
function record(
  deps: ReconcileDeps,
  { tx, organizationId, effect, found, by }: Seen & { found: ClassifiedDrift[]; by: Person | null },
): Promise<DriftFinding[]> {
  const looked = new Set([...effect.compared, ...found].map(({ object }) => object));
  const isRepaired = (one: ClassifiedDrift) =>
    !driftMeanings[one.kind].needsPerson || (by !== null && takesBill(one));
  const source = by === null ? 'sweep' : 'resync';
  const run = { found, looked, source, now: deps.clock.now(), isRepaired, by } as const;
  return recordDrift({ drift: tx.drift, ids: deps.ids }, organizationId, run);
}

/** The amounts of a final invoice can be taken from Stripe; its lines never change. */
function takesBill({ kind, fields }: ClassifiedDrift): boolean {
  return kind === 'unknown' || (kind === 'money' && fields.every(({ field }) => field !== 'lines'));
}

function rowsOf({ compared }: SyncEffect, found: readonly ClassifiedDrift[]): DriftRow[] {
  const isCompared = ({ object }: ClassifiedDrift) =>
    compared.some((one) => one.object === object && !one.equal);
  const others = found
    .filter((one) => !isCompared(one))
    .flatMap(({ object, fields }) =>
      fields.map((field): ComparedField => ({ object, ...field, equal: false })),
    );
  return [...compared, ...others].map((field) => {
    const reason = field.equal ? undefined : found.find(({ object }) => object === field.object);
    const meaning = reason === undefined ? undefined : driftMeanings[reason.kind];
    return {
      ...field,
      kind: reason?.kind ?? null,
      cause: reason?.cause ?? null,
      what: meaning?.what ?? null,
      next: meaning?.next ?? null,
    };
  });
}
