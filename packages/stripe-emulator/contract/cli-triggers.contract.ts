import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResponseValidator } from '../src/wire/response-validator.ts';
import { readSchemaSet } from '../src/wire/schema-set.ts';
import { setup } from '../test/ensure-schema.ts';
import { openStation, type Station } from './station.ts';
import { createStripeCli, findStripeCli, triggerNames } from './stripe-cli.ts';

/** Event families that a billing application handles. */
const FAMILIES =
  /^(billing|charge|checkout|coupon|credit_note|customer|customer_cash_balance_transaction|invoice|invoiceitem|payment_intent|payment_method|plan|price|product|promotion_code|setup_intent|subscription|subscription_schedule|tax_rate|test_helpers|v1)[._]/;

/** Triggers that cannot work here, each with its reason; the README repeats them. */
const UNREACHABLE: Record<string, string> = {
  'payment_intent.partially_funded': 'cash balances are not emulated',
  'customer_cash_balance_transaction.created': 'cash balances are not emulated',
  'subscription_schedule.aborted':
    'the script cancels a schedule that has not started, which is `canceled`; aborted is for delinquency',
  'subscription_schedule.completed':
    'the script lets a schedule end with `release`, which is `released`; completed is for `cancel`',
  'subscription_schedule.expiring':
    'the script stops nine days before the end; the SDK documents the event for seven days before it',
  'v1.billing.meter.error_report_triggered': 'the script posts to a host that --api-base does not redirect',
  'v1.billing.meter.no_meter_found': 'the script posts to a host that --api-base does not redirect',
};
const TRIGGERS_MIN = 55;
const PARALLEL = 3;
const KEY = 'sk_test_emulator_contract';

/** Two triggers are named after the invoice events they cause. */
const EVENT_OF: Record<string, string> = {
  'subscription.payment_failed': 'invoice.payment_failed',
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
};

const binary = findStripeCli();
const title = "Stripe's own command line";

describe.skipIf(!binary)(binary ? title : `${title}: not run, it is not installed for this platform`, () => {
  const stations: Station[] = [];
  const schemas = () => readSchemaSet() ?? { sdkVersion: '', endpoints: [], definitions: {} };
  beforeAll(async () => {
    setup();
    for (let index = 0; index < PARALLEL; index++) stations.push(await openStation());
  });
  afterAll(() => Promise.all(stations.map((station) => station.close())));

  it('drives its scripts, and every event is listed, fits the SDK types and arrives signed', async () => {
    const run = createStripeCli(binary ?? '');
    const validate = createResponseValidator(schemas());
    const names = (await triggerNames(run)).filter((name) => FAMILIES.test(name));
    const queue = names.filter((name) => UNREACHABLE[name] === undefined);
    const wanted = queue.length;
    const failed: string[] = [];
    let checked = 0;
    const work = async (station: Station) => {
      for (let name = queue.shift(); name; name = queue.shift()) {
        await station.reset();
        const address = ['--api-base', station.url, '--api-key', KEY];
        const { code, output } = await run(['trigger', name, ...address]);
        const type = EVENT_OF[name] ?? name;
        if (code !== 0 || !(await station.hasDelivered(type))) failed.push(`${name}: ${output.slice(-300)}`);
        const events = await station.events();
        events.forEach(validate);
        checked += events.length;
        if (!events.some((event) => event.type === type)) failed.push(`${name}: not listed`);
      }
    };
    await Promise.all(stations.map(work));
    expect(failed).toEqual([]);
    expect(wanted).toBeGreaterThanOrEqual(TRIGGERS_MIN);
    expect(Object.keys(UNREACHABLE).filter((name) => !names.includes(name))).toEqual([]);
    process.stdout.write(`stripe trigger: ${wanted} of ${names.length} scripts, ${checked} events checked\n`);
  }, 90_000);
});
