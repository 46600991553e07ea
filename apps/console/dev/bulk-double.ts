import type { BulkRun } from '../src/app/views.ts';
import { minutesAgo } from './dates.ts';
import { DoubleRefusal } from './double-request.ts';

type Wish = Pick<BulkRun, 'kind' | 'reason' | 'perSecond'> & { items: { key: string; name: string }[] };

let run: BulkRun | null = null;

function settled(item: BulkRun['items'][number], index: number): BulkRun['items'][number] {
  const outcome =
    index % 2 === 0
      ? { state: 'done' as const, text: 'queued again' }
      : { state: 'failed' as const, text: 'Stripe did not answer within 10 s. Replay it alone later.' };
  return { ...item, ...outcome };
}

/** A run in memory that settles one more row each time it is looked at. */
export const bulkDouble = {
  start: (wish: Wish, isOtherRunning: boolean): BulkRun => {
    if (isOtherRunning)
      throw new DoubleRefusal(
        409,
        'BULK_RUNNING',
        'Another action for many is still running. Wait for its end, or cancel it.',
      );
    run = {
      ...wish,
      id: `blk_${Date.now()}`,
      status: 'running',
      startedBy: 'Dana Fox',
      items: wish.items.map((item) => ({ ...item, state: 'waiting', text: '' })),
      startedAt: minutesAgo(0),
      finishedAt: null,
    };
    return run;
  },
  latest: (kind: BulkRun['kind']): BulkRun | null => {
    if (run?.kind !== kind) return null;
    const next = run.items.findIndex(({ state }) => state === 'waiting');
    if (run.status !== 'running') return run;
    if (next === -1) return Object.assign(run, { status: 'done', finishedAt: minutesAgo(0) });
    run.items = run.items.map((item, index) => (index === next ? settled(item, index) : item));
    return run;
  },
  cancel: (): BulkRun => {
    if (run?.status !== 'running') throw new DoubleRefusal(409, 'BULK_OVER', 'This action is over already.');
    return Object.assign(run, { status: 'canceled', finishedAt: minutesAgo(0) });
  },
};
