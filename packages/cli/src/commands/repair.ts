import { listMessages } from '@metergate/core/admin/outbox/list-messages';
import { dismissMessage, retryMessage } from '@metergate/core/admin/outbox/settle-message';
import { replayInboundEvent } from '@metergate/core/admin/replay-inbound-event';
import { createInboundEventDirectory, createOutboxDirectory, rebuildProjections } from '@metergate/db';
import { type Context, operator } from '../context.ts';
import type { Outcome } from '../outcome.ts';

/** Compares every sum of usage with the events it is made of; repairs only when told to. */
export async function rebuild(context: Context, options: { write?: boolean }): Promise<Outcome> {
  const isWriting = options.write === true;
  const report = await rebuildProjections({ ownerUrl: context.ownerUrl, write: isWriting });
  const verb = isWriting ? 'repaired' : 'different (run again with --write to repair)';
  const { different, differentParts, differentValues } = report;
  const lines = [
    `${report.buckets} sums, ${different} ${different === 0 ? 'different' : verb}.`,
    ...(differentParts === 0 ? [] : [`${differentParts} sums of late or corrected usage, ${verb}.`]),
    ...(differentValues === 0 ? [] : [`${differentValues} counts of different values, ${verb}.`]),
    ...(report.retiredEvents === '0' ? [] : [`${report.retiredEvents} events are gone and live on in them.`]),
    ...report.examples.map(
      ({ organizationId, meter, bucketStart, stored, actual }) =>
        `  ${organizationId} ${meter} ${bucketStart}: stored ${stored ?? 'nothing'}, events make ${actual ?? 'nothing'}`,
    ),
  ];
  return {
    lines,
    json: report,
    exitCode: different + differentParts + differentValues > 0 && !isWriting ? 1 : 0,
  };
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
      isLiveMode: context.isLiveMode,
      sync: { unitOfWork, gateway, clock, ids, families },
      wake: () => undefined,
    },
    { actor: operator, input: options },
  );
  const changes = answer.changes.map(
    ({ field, before, after }) => `  ${field}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`,
  );
  const reason = answer.reason === null ? '' : `: ${answer.reason}`;
  return { lines: [`${answer.result.replaceAll('_', ' ')}${reason}`, ...changes], json: answer };
}

/** Messages to Stripe that were given up, with what keeps them from being sent again. */
export async function listDeadMessages(context: Context): Promise<Outcome> {
  const input = { status: 'dead' as const, limit: 100 };
  const { items } = await listMessages(messageDeps(context), { actor: operator, input });
  return {
    lines: [
      `${items.length === 100 ? 'The first 100' : items.length} given up.`,
      ...items.flatMap(({ id, kind, organization, lastError, obstacle }) => [
        `${id}  ${organization.slug}  ${kind}: ${lastError ?? 'no error'}`,
        ...(obstacle === null ? [] : [`  ${obstacle}`]),
      ]),
    ],
    json: items,
  };
}

/** Sends a message that was given up again, or ends it; the running application takes it from there. */
export async function settleMessage(
  context: Context,
  options: { id: string; reason: string; how: 'retry' | 'dismiss' },
): Promise<Outcome> {
  const { how, ...input } = options;
  const settle = how === 'retry' ? retryMessage : dismissMessage;
  const message = await settle(messageDeps(context), { actor: operator, input });
  const text = how === 'retry' ? 'waits to be sent again' : 'is dismissed';
  return { lines: [`${message.kind} of ${message.organization.slug} ${text}.`], json: message };
}

function messageDeps({ database, platformUnitOfWork, clock }: Context) {
  const outboxMessages = createOutboxDirectory(database.platform);
  return { outboxMessages, platformUnitOfWork, clock, wake: () => undefined };
}
