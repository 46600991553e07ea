import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, startFlow } from './flow.ts';

describe('the journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-journal-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const start = (dataFile: string) => startFlow('2026-03-01T00:00:00Z', { dataFile });
  async function restart(flow: Flow, dataFile: string): Promise<Flow> {
    await flow.close();
    return start(dataFile);
  }

  /** Everything there is, each kind in its own order. */
  async function byKind(flow: Flow): Promise<Record<string, unknown[]>> {
    const { changes } = await flow.control('GET', '/snapshot');
    return Object.groupBy(Array.isArray(changes) ? changes : [], (change) => String(change.kind)) as Record<
      string,
      unknown[]
    >;
  }

  it('keeps order, owners, deletions and odd ids, and what is due still happens after a restart', async () => {
    const path = join(folder, 'life.journal');
    let flow = await start(path);
    const price = await createPlan(flow.stripe, { unit_amount: 700 });
    const customer = await createPayer(flow.stripe);
    const subscription = await flow.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    await flow.stripe.coupons.create({ id: 'odd ] { id\n"ü', percent_off: 5, duration: 'once' });
    const gone = await flow.stripe.invoices.create({ customer: customer.id });
    await flow.stripe.invoices.del(gone.id);
    const before = await byKind(flow);
    flow = await restart(flow, path);
    expect(await byKind(flow)).toEqual(before);
    flow = await restart(flow, path);
    await flow.advance(31 * DAY + 3600);
    const { data } = await flow.stripe.invoices.list({ subscription: subscription.id });
    expect(data.map((invoice) => [invoice.status, invoice.total])).toEqual([
      ['paid', 700],
      ['paid', 700],
    ]);
    const methods = await flow.stripe.customers.listPaymentMethods(customer.id);
    expect(methods.data).toHaveLength(1);
    await flow.close();
  });

  it('drops a request that was half written when the process died, and writes on behind what is whole', async () => {
    const path = join(folder, 'torn.journal');
    let flow = await start(path);
    await flow.stripe.customers.create({ name: 'whole' });
    await flow.close();
    const whole = readFileSync(path);
    const [line = ''] = whole.toString().split('\n');
    // One full line of a request of two, then the second one cut in the middle.
    appendFileSync(path, `+${line.slice(1).replace('whole', 'half')}\n${line.slice(0, 40)}`);
    flow = await start(path);
    expect(readFileSync(path)).toEqual(whole);
    await flow.stripe.customers.create({ name: 'later' });
    flow = await restart(flow, path);
    const { data } = await flow.stripe.customers.list();
    expect(data.map((customer) => customer.name)).toEqual(['later', 'whole']);
    await flow.close();
  });

  it('reads the lines of older versions', async () => {
    const path = join(folder, 'old.journal');
    const first = await startFlow('2026-03-01T00:00:00Z');
    const customer = await createPayer(first.stripe);
    const { changes } = await first.control('GET', '/snapshot');
    await first.close();
    writeFileSync(path, `${JSON.stringify(changes)}\n[{"kind":"customer","id":"torn`);
    const flow = await start(path);
    expect((await flow.stripe.customers.list()).data.map((row) => row.id)).toEqual([customer.id]);
    await flow.close();
  });
});
