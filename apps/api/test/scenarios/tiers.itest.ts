import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printShop } from './print-shop.ts';
import { Scenario } from './scenario.ts';

/** Every amount is worked out in docs/stories/tiers.md. */
describe.each([
  {
    title: 'Kyoto Print',
    currency: 'JPY',
    april: {
      lines: { page: '¥1,851', label: '¥1,127', scan: '¥1,000', binding: '¥500' },
      all: '¥4,478',
    },
    press: '¥5,000',
    renewal: '¥6,440',
    june: null,
    formula: '1000 × 1.5 + 201 × 0.75 + 200 JPY = 1850.75 JPY',
  },
  {
    title: 'Salmiya Print',
    currency: 'KWD',
    april: {
      lines: {
        page: 'KWD\u00a01.850',
        label: 'KWD\u00a04.630',
        scan: 'KWD\u00a03.000',
        binding: 'KWD\u00a01.500',
      },
      all: 'KWD\u00a010.980',
    },
    press: 'KWD\u00a012.000',
    renewal: 'KWD\u00a016.810',
    june: { fewerLabels: 'KWD\u00a01.620', renewal: 'KWD\u00a013.620', least: 'KWD\u00a03.000' },
    formula: '1000 × 0.0015 + 201 × 0.00075 + 0.2 KWD = 1.85075 KWD',
  },
])('a print shop with every kind of price, in $currency', (told) => {
  const { title, currency, april, press, renewal, june, formula } = told;
  let story: Scenario;
  beforeAll(async () => {
    const families = [printShop];
    story = await Scenario.open(title, { at: '2027-04-01T00:00:00Z', currency, families });
    await story.subscribe({ family: 'print-shop', plan: 'press' });
  }, 60_000);
  afterAll(() => story.close());

  it('pays April: tiers after free units, the cheaper tier for all, a minimum, begun packages', async () => {
    await story.at('2027-04-10T12:00:00Z', 'a busy day');
    await story.use('page', '1301');
    await story.use('label', '500');
    await story.use('label', '1', '2027-04-10T11:00:00Z');
    await story.use('scan', '7');
    await story.use('binding', '25');
    await story.use('delivery', '13');
    await story.at('2027-04-10T13:00:00Z', 'the deliveries are told to the meter');
    await story.at('2027-05-01T05:00:00Z', 'April is closed and billed');
    expect(await story.invoices()).toEqual(
      [`2027-04-01 paid ${press}`, `2027-05-01 paid ${april.all}`, `2027-05-01 paid ${renewal}`].toSorted(),
    );
    const lines = await story.linesOf(`2027-05-01 paid ${april.all}`);
    const prices = Object.entries(lines).map(([meter, { price }]) => [meter, price]);
    expect(Object.fromEntries(prices)).toEqual(april.lines);
    expect(lines.page?.formula[1]).toBe(formula);
    expect(lines.scan?.formula[1]).toMatch(/^less than the minimum of /);
    const { delivery } = await story.linesOf(`2027-05-01 paid ${renewal}`);
    expect(delivery?.formula[1]).toMatch(/^of it (10|3) × /);
  });

  const mayIt = june === null ? null : it;
  mayIt?.('pays more for one label less, because 500 are at the price of few', async () => {
    await story.at('2027-05-05T12:00:00Z', 'a label was counted by mistake');
    await story.voidUsage('label', '1', '2027-04-10T11:00:00Z');
    await story.at('2027-05-06T00:00:00Z', 'what is missing waits for the next invoice');
    await story.at(
      '2027-06-01T05:00:00Z',
      'a month with nothing pays the minimum, and April what is missing',
    );
    expect((await story.invoices()).slice(3)).toEqual(
      [`2027-06-01 paid ${june?.renewal}`, `2027-06-01 paid ${june?.least}`].toSorted(),
    );
    const { label } = await story.linesOf(`2027-06-01 paid ${june?.renewal}`);
    expect(label?.price).toBe(june?.fewerLabels);
  });

  it('proves that the events, the totals, the meter and the invoices say the same', async () => {
    const { items } = (await story.own('GET', 'billing/usage-proofs')).json;
    expect(items).toHaveLength(june === null ? 5 : 10);
    expect(new Set(items.map(({ verdict }: { verdict: string }) => verdict))).toEqual(new Set(['equal']));
  });
});
