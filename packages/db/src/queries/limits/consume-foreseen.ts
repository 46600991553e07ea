import { counterName } from '@metergate/core/limits/counter-key';
import { isDatabaseUnavailable } from '../../database-failure.ts';
import { inOneMessage } from '../ingest/one-message.ts';
import { idTaken, refusalOf } from '../ingest/refuse-unless.ts';
import {
  type Approach,
  type ConsumeBatch,
  countersOf,
  type LedgerOptions,
  touchedBy,
} from './consume-batch.ts';
import { type ConsumeOutcome, decideInOrder, type Plan } from './consume-plan.ts';
import { type Alike, areAlike, rowsAfter } from './consumed-sums.ts';
import { type CounterRow, levelsIn, type TouchedUsage } from './counter-lookup.ts';
import { nothingEarlier } from './earlier-decisions.ts';
import { insertConsumed } from './insert-consumed.ts';
import { lockForeseen } from './lock-foreseen.ts';
import { insertNewReceipts } from './receipt-rows.ts';
import { RunningLevels } from './running-levels.ts';

/** How each batch was answered, or how it has to be decided by itself. */
type Foretold = ConsumeOutcome[] | Approach;

/**
 * Decides batches of several counters on the totals that should be there, and locks, compares, writes and commits all of
 * them in one message: the database refuses the whole when a locked total is another, or an id is taken. Then halves
 * are sent, until what was refused is alone; it has to be decided by itself, as does what cannot be foreseen or would
 * be refused: a refusal has to know more. No two of them of the same feature of one organization: they would move what
 * the other foresees.
 */
export async function consumeForeseen(
  options: LedgerOptions,
  batches: readonly ConsumeBatch[],
): Promise<Foretold[]> {
  const foreseen = batches.map((batch) => foresee(options, batch));
  const answers = await send(
    options,
    foreseen.filter((one) => one !== undefined),
  );
  return foreseen.map((one) => (one && answers.get(one)) ?? 'believing_new');
}

interface Foreseen {
  name: string;
  batch: ConsumeBatch;
  touched: TouchedUsage;
  expected: readonly CounterRow[];
  plan: Plan;
  granted: Alike;
}

function foresee(options: LedgerOptions, batch: ConsumeBatch): Foreseen | undefined {
  const keys = countersOf(batch);
  const touched = touchedBy(batch.commands);
  const name = counterName(batch.key);
  const expected = options.foreseen.expect(name, keys, touched);
  if (expected === undefined) return undefined;
  const running = new RunningLevels(keys, levelsIn(expected, keys));
  const plan = decideInOrder({ nextId: options.nextId, running, earlier: nothingEarlier }, batch.commands);
  const { granted } = plan;
  if (granted.length < batch.commands.length || !areAlike(granted)) return undefined;
  return { name, batch, touched, expected, plan, granted };
}

async function send(options: LedgerOptions, sent: readonly Foreseen[]): Promise<Map<Foreseen, Foretold>> {
  const [first] = sent;
  if (first === undefined) return new Map();
  try {
    await sendOnce(options, sent);
    // Only now: what was rolled back has moved nothing.
    for (const { name, expected, granted } of sent) {
      options.foreseen.learn(name, expected, rowsAfter(expected, granted));
    }
    return new Map(sent.map((one) => [one, one.plan.outcomes]));
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    if (sent.length > 1) return await sendHalves(options, sent);
    if (refusalOf(error) === idTaken) return new Map([[first, 'asking']]);
    options.foreseen.distrust(first.name);
    return new Map([[first, 'believing_new']]);
  }
}

async function sendHalves(
  options: LedgerOptions,
  sent: readonly Foreseen[],
): Promise<Map<Foreseen, Foretold>> {
  const middle = Math.ceil(sent.length / 2);
  const [one, other] = [await send(options, sent.slice(0, middle)), await send(options, sent.slice(middle))];
  return new Map([...one, ...other]);
}

async function sendOnce(options: LedgerOptions, sent: readonly Foreseen[]): Promise<void> {
  const organizationIds = new Set(sent.map(({ batch }) => batch.key.organizationId));
  const at = sent.flatMap(({ granted }) => granted.at(-1)?.terms.at ?? []);
  await inOneMessage(options.pool, [...organizationIds], {
    statements: [
      lockForeseen(sent.map(({ batch: { key }, touched, expected }) => ({ key, touched, expected }))),
      insertConsumed(
        sent.map(({ granted, expected }) => ({ granted, locked: expected })),
        new Date(Math.max(...at.map((each) => each.getTime()))),
      ),
      insertNewReceipts(sent.flatMap(({ plan }) => plan.receipts)),
    ],
    hooks: options.consumeHooks,
  });
}
