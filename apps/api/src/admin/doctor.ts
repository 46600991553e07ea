import { type Actor, AppError, asId, toPublicId } from '@metergate/core';
import type { DoctorView } from '@metergate/core/admin/doctor.schemas';
import { retryMessage } from '@metergate/core/admin/outbox/settle-message';
import { replayInboundEvent } from '@metergate/core/admin/replay-inbound-event';
import { resyncOrganization } from '@metergate/core/payments/drift/reconcile-organization';
import {
  checkInvariants,
  findDeadEvents,
  findDeadMessages,
  findOrganizationsToResync,
  type ResyncRule,
} from '@metergate/db';
import type { Container } from '../container.ts';
import { outboxDeps } from './outbox-deps.ts';

const atOnceMax = 25;

type Repair = (container: Container, request: RepairRequest) => Promise<Tried>;

interface RepairRequest {
  actor: Extract<Actor, { kind: 'staff' }>;
  reason: string;
}

interface Tried {
  tried: number;
  failed: number;
}

/** Rules that one press can mend, with what it does. */
const repairs = new Map<string, { text: string; run: Repair }>([
  ['no_dead_events', { text: `Replay up to ${atOnceMax} of them`, run: replayDeadEvents }],
  ['no_dead_messages', { text: `Send up to ${atOnceMax} of them again`, run: retryDeadMessages }],
  ['events_in_time', { text: 'Wake the workers', run: wakeWorkers }],
  ['periods_move_on', { text: `Resync up to ${atOnceMax} organizations`, run: resyncOf('periods_move_on') }],
  ['invoices_add_up', { text: `Resync up to ${atOnceMax} organizations`, run: resyncOf('invoices_add_up') }],
]);

/** Every rule of a healthy installation, broken ones first. */
export async function readDoctor({ database, clock }: Container): Promise<DoctorView> {
  const at = clock.now();
  const found = await checkInvariants(database.platform, at);
  const rules = found.map((rule) => ({ ...rule, repair: repairs.get(rule.key)?.text ?? null }));
  return {
    asOf: at.toISOString(),
    rules: rules.toSorted((left, right) => Number(right.violations > 0) - Number(left.violations > 0)),
  };
}

/**
 * Mends what breaks one rule, one object after another; what fails stays as it was and is counted. Repeating it takes
 * the next ones. @throws REPAIR_UNKNOWN
 */
export async function repairRule(
  container: Container,
  { key, ...request }: RepairRequest & { key: string },
): Promise<Tried> {
  const repair = repairs.get(key);
  if (repair === undefined) throw repairUnknown(key);
  const tried = await repair.run(container, request);
  const { actor, reason } = request;
  await container.platformUnitOfWork.run((tx) =>
    tx.audit.append({
      organizationId: null,
      actor,
      action: 'doctor.repaired',
      target: { kind: 'rule', id: key },
      reason,
      after: tried,
    }),
  );
  return tried;
}

async function replayDeadEvents(container: Container, { actor, reason }: RepairRequest): Promise<Tried> {
  const { background, platformUnitOfWork, wake, database } = container;
  const { inboundEvents, sync, stripeMode } = background;
  const deps = { inboundEvents, sync, platformUnitOfWork, wake, isLiveMode: stripeMode === 'live' };
  const ids = await findDeadEvents(database.platform, atOnceMax);
  return each(ids, async (id) => {
    const input = { id: toPublicId('inboundEvent', id), reason };
    const { result } = await replayInboundEvent(deps, { actor, input });
    return result !== 'not_replayable';
  });
}

/** What something newer has overtaken is refused and counted as failed: only a person dismisses it. */
async function retryDeadMessages(container: Container, { actor, reason }: RepairRequest): Promise<Tried> {
  const ids = await findDeadMessages(container.database.platform, atOnceMax);
  return each(ids, async (id) => {
    const input = { id: toPublicId('outboxMessage', id), reason };
    await retryMessage(outboxDeps(container), { actor, input });
    return true;
  });
}

async function wakeWorkers({ wake }: Container): Promise<Tried> {
  wake();
  return { tried: 1, failed: 0 };
}

function resyncOf(rule: ResyncRule): Repair {
  return async (container, { actor, reason }) => {
    const at = container.clock.now();
    const ids = await findOrganizationsToResync(container.database.platform, rule, { at, limit: atOnceMax });
    return each(ids, async (id) => {
      const organizationId = asId('organization', id);
      await resyncOrganization(container.background.sync, { actor, organizationId, reason });
      return true;
    });
  };
}

/** One that fails does not keep the others from being mended. */
async function each(ids: readonly string[], mend: (id: string) => Promise<boolean>): Promise<Tried> {
  let failed = 0;
  for (const id of ids) {
    try {
      if (!(await mend(id))) failed += 1;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failed += 1;
    }
  }
  return { tried: ids.length, failed };
}

function repairUnknown(key: string): AppError {
  return new AppError({
    code: 'REPAIR_UNKNOWN',
    kind: 'not_found',
    message: `no repair for the rule ${key}`,
    userMessage: 'There is no repair by one press for this rule; its remedy says what to do.',
  });
}
