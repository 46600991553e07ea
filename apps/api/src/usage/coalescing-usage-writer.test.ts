import { asId } from '@metergate/core';
import type { UsageWriteOutcome } from '@metergate/core/usage/usage.ports';
import type { UsageEventEntry } from '@metergate/core/usage/usage-event';
import { describe, expect, it } from 'vitest';
import { CoalescingUsageWriter } from './coalescing-usage-writer.ts';

const entry = (organization: string, id: string): UsageEventEntry => ({
  organizationId: asId('organization', organization),
  aggregation: 'sum',
  source: 'api',
  draft: {
    id,
    meter: 'call',
    quantity: '1',
    occurredAt: new Date(0),
    clientId: null,
    subject: null,
    properties: null,
  },
});
const entries = (organization: string, count: number) =>
  Array.from({ length: count }, (_, n) => entry(organization, `${organization}${n}`));

/** A store whose batches end when the test says so. */
function manualStore() {
  const batches: { ids: string[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const store = (rows: readonly string[]) =>
    new Promise<UsageWriteOutcome[]>((resolve, reject) => {
      batches.push({ ids: [...rows], finish: () => resolve(rows.map(() => 'accepted')), fail: reject });
    });
  return {
    batches,
    store,
    toRow: ({ draft }: UsageEventEntry) => draft.id,
    giveWay: () => Promise.resolve(),
  };
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
/** Also those that begin meanwhile. */
async function finishAll(batches: readonly { finish: () => void }[]): Promise<void> {
  for (let n = 0; n < batches.length; n += 1) {
    batches[n]?.finish();
    await turn();
  }
}

describe('the usage writer', () => {
  it('joins what arrives while it writes: few events wait for the first writer, many get the second, nobody a third', async () => {
    const { batches, ...options } = manualStore();
    const writer = new CoalescingUsageWriter({ ...options, waitingForFirstMax: 3 });
    const writes = [writer.write(entries('a', 1))];
    await turn();
    writes.push(writer.write(entries('b', 3)));
    await turn();
    expect(batches.map(({ ids }) => ids.length)).toEqual([1]);
    writes.push(writer.write(entries('c', 1)));
    await turn();
    expect(batches.map(({ ids }) => ids.length)).toEqual([1, 4]);
    for (const organization of ['d', 'e', 'f']) writes.push(writer.write(entries(organization, 2)));
    await turn();
    expect(batches).toHaveLength(2);
    batches[0]?.finish();
    await turn();
    expect(batches[2]?.ids).toEqual(['d0', 'd1', 'e0', 'e1', 'f0', 'f1']);
    batches[1]?.finish();
    batches[2]?.finish();
    expect((await Promise.all(writes)).flat()).toEqual(Array(11).fill('accepted'));
  });

  it('acknowledges nothing before the commit, and a failed batch fails its callers only', async () => {
    const { batches, ...options } = manualStore();
    const writer = new CoalescingUsageWriter({ ...options, writers: 1 });
    let isAnswered = false;
    const first = writer.write(entries('a', 1)).finally(() => {
      isAnswered = true;
    });
    await turn();
    const second = writer.write(entries('b', 1));
    await turn();
    expect(isAnswered).toBe(false);
    batches[0]?.fail(new Error('disk full'));
    await expect(first).rejects.toThrow('disk full');
    await turn();
    batches[1]?.finish();
    expect(await second).toEqual(['accepted']);
  });

  it('serves organizations in turns: a flood does not make anybody wait for all of it', async () => {
    const { batches, ...options } = manualStore();
    const writer = new CoalescingUsageWriter({ ...options, writers: 1, batchSizeMax: 200 });
    const sizes = { flood: 2000, large: 150, small: 1 };
    const writes = Object.entries(sizes).map(([name, count]) => writer.write(entries(name, count)));
    await turn();
    // What is small leaves at once, by itself; then the others share.
    expect(batches.map(({ ids }) => ids)).toEqual([['small0']]);
    batches[0]?.finish();
    await turn();
    expect(batches[1]?.ids).toHaveLength(200);
    expect(batches[1]?.ids).toContain('large0');
    await finishAll(batches);
    await Promise.all(writes);
  });

  it('gives a flood one writer and shorter batches while others report, and all of them when it is alone', async () => {
    const { batches, ...options } = manualStore();
    let now = 0;
    const writer = new CoalescingUsageWriter({ ...options, monotonicMs: () => now });
    const calm = writer.write(entries('calm', 1));
    await turn();
    batches[0]?.finish();
    await calm;
    const flood = writer.write(entries('flood', 3000));
    await turn();
    expect(batches.map(({ ids }) => ids.length)).toEqual([1, 250]);
    batches[1]?.finish();
    await turn();
    expect(batches.map(({ ids }) => ids.length)).toEqual([1, 250, 250]);
    now += 1_001;
    batches[2]?.finish();
    await turn();
    expect(batches.slice(3).map(({ ids }) => ids.length)).toEqual([1000, 1000]);
    await finishAll(batches);
    expect(await flood).toHaveLength(3000);
  });

  it('serves few events beside a flood, in a batch of their own, while all writers are busy with it', async () => {
    const { batches, ...options } = manualStore();
    const writer = new CoalescingUsageWriter({ ...options, writers: 2, batchSizeMax: 1000 });
    const writes = [writer.write(entries('flood', 4000))];
    await turn();
    writes.push(writer.write(entries('calm', 2)));
    await turn();
    expect(batches.map(({ ids }) => ids.length)).toEqual([1000, 1000, 2]);
    expect(batches[2]?.ids).toEqual(['calm0', 'calm1']);
    batches[2]?.finish();
    expect(await writes[1]).toEqual(['accepted', 'accepted']);
    const drained = writer.drain();
    await finishAll(batches);
    await drained;
  });

  it('lets a flood rest while few events are on their way, and then leaves it as much time', async () => {
    const { batches, ...options } = manualStore();
    let now = 0;
    const writer = new CoalescingUsageWriter({ ...options, monotonicMs: () => now });
    const writes = [writer.write(entries('flood', 2000)), writer.write(entries('calm', 1))];
    await turn();
    const sizes = () => batches.map(({ ids }) => ids.length);
    // Both arrived together: the few leave first, and the flood does not follow before they have arrived.
    expect(sizes()).toEqual([1]);
    now += 10;
    batches[0]?.finish();
    await turn();
    expect(sizes()).toEqual([1, 250]);
    writes.push(writer.write(entries('calm', 1)));
    await turn();
    batches[1]?.finish();
    await turn();
    // It rested for ten milliseconds, of which none has gone by: this time it does not wait.
    expect(sizes()).toEqual([1, 250, 1, 250]);
    now += 11;
    batches[2]?.finish();
    await turn();
    writes.push(writer.write(entries('calm', 1)));
    await turn();
    batches[3]?.finish();
    await turn();
    expect(sizes()).toEqual([1, 250, 1, 250, 1]);
    await finishAll(batches);
    await Promise.all(writes);
  });

  it('lets a flood go on when few events hang', async () => {
    const { batches, ...options } = manualStore();
    const writer = new CoalescingUsageWriter(options);
    const writes = [writer.write(entries('flood', 2000)), writer.write(entries('calm', 1))];
    await turn();
    expect(batches).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(batches.map(({ ids }) => ids.length)).toEqual([1, 250]);
    await finishAll(batches);
    await Promise.all(writes);
  });

  it('is bounded, by organization and altogether, and refuses before storing anything', async () => {
    const { batches, ...options } = manualStore();
    const writer = new CoalescingUsageWriter({
      ...options,
      queueSizeMax: 10,
      organizationQueueSizeMax: 6,
    });
    const kept = writer.write(entries('a', 6));
    await expect(writer.write(entries('a', 1))).rejects.toMatchObject({
      code: 'USAGE_INTAKE_BUSY',
      httpStatus: 429,
    });
    await expect(writer.write(entries('b', 5))).rejects.toMatchObject({ retryAfterSeconds: 1 });
    await turn();
    expect(batches.map(({ ids }) => ids.length)).toEqual([6]);
    batches[0]?.finish();
    await kept;
  });

  it('drains: what it took is finished, what comes later is refused', async () => {
    const { batches, ...options } = manualStore();
    const writer = new CoalescingUsageWriter(options);
    const taken = writer.write(entries('a', 1));
    const drained = writer.drain();
    await expect(writer.write(entries('a', 1))).rejects.toMatchObject({ code: 'USAGE_INTAKE_CLOSED' });
    await turn();
    batches[0]?.finish();
    expect(await taken).toEqual(['accepted']);
    await drained;
  });
});
