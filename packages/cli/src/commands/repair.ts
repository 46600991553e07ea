import { replayInboundEvent } from '@metergate/core/admin/replay-inbound-event';
import { createInboundEventDirectory, rebuildProjections } from '@metergate/db';
import { type Context, operator } from '../context.ts';
import type { Outcome } from '../outcome.ts';

/** Compares every sum of usage with the events it is made of; repairs only when told to. */
export async function rebuild(context: Context, options: { write?: boolean }): Promise<Outcome> {
  const isWriting = options.write === true;
  const report = await rebuildProjections({ ownerUrl: context.ownerUrl, write: isWriting });
  const verb = isWriting ? 'repaired' : 'different (run again with --write to repair)';
  const lines = [
    `${report.buckets} sums, ${report.different} ${report.different === 0 ? 'different' : verb}.`,
    ...(report.retiredEvents === '0' ? [] : [`${report.retiredEvents} events are gone and live on in them.`]),
    ...report.examples.map(
      ({ organizationId, meter, bucketStart, stored, actual }) =>
        `  ${organizationId} ${meter} ${bucketStart}: stored ${stored ?? 'nothing'}, events make ${actual ?? 'nothing'}`,
    ),
  ];
  return { lines, json: report, exitCode: report.different > 0 && !isWriting ? 1 : 0 };
}

/** Puts one of Stripe's events back into the queue; the running application takes it from there. */
export async function replayEvent(
  context: Context,
  options: { id: string; reason: string },
): Promise<Outcome> {
  const { database, unitOfWork, platformUnitOfWork, gateway, clock, ids, families } = context;
  const answer = await replayInboundEvent(
    {
      inboundEvents: createInboundEventDirectory(database.platform),
      platformUnitOfWork,
      sync: { unitOfWork, gateway, clock, ids, families },
      wake: () => undefined,
    },
    { actor: operator, input: options },
  );
  const changes = answer.changes.map(
    ({ field, before, after }) => `  ${field}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`,
  );
  return { lines: [answer.result.replaceAll('_', ' '), ...changes], json: answer };
}
