import process from 'node:process';
import { type Measured, measure, report } from '../load.ts';
import { type MeasuredInstance, startMeasuredInstance } from '../measured-instance.ts';
import { measurePairs } from '../pairs.ts';
import { startParseOnly } from '../parse-only.ts';
import { writeResults } from '../results.ts';
import { createPoster } from '../socket-poster.ts';

/**
 * Decisions per second against an Express route that only parses the JSON, both with the same number of requests in
 * flight, and whether a limit that runs out during the run is met exactly.
 */
const seconds = Number(process.argv[2] ?? 4);
const pairs = Number(process.argv[3] ?? 3);
const concurrency = 64;
/** As for single events: with more in flight, the waiting for each other hides behind work. */
const wideConcurrency = 200;
const hot = JSON.stringify({ organization: 'acme', feature: 'execution', quantity: '1' });
const features = ['execution', 'agents', 'lead', 'word', 'call_minute'];

/** Sends three times what is left, from all connections at once. @returns granted minus left; 0 = exact */
async function overshoot(instance: MeasuredInstance): Promise<number> {
  const { owner, organizationId } = instance;
  const left = 2_000;
  await owner.query(
    `update limit_overrides set limit_quantity = $2 + (select used + reserved from limit_counters
       where organization_id = $1 and feature = 'execution' order by window_start desc limit 1)
      where organization_id = $1 and feature = 'execution'`,
    [organizationId, left],
  );
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  const usedBefore = await used(instance);
  const post = createPoster({ ...instance, sockets: concurrency });
  let sent = 0;
  const sender = async () => {
    while (sent < left * 3) {
      sent += 1;
      await post('/v1/limits/consume', hot, [200, 402]);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  return (await used(instance)) - usedBefore - left;
}

/** Until the machine code of both sides is made, which takes the larger one longer. */
async function warmUp(calls: readonly (() => Promise<void>)[]): Promise<void> {
  for (const call of calls) await measure({ seconds: 2, concurrency }, call);
}

/** Each with the limit of the first. @returns the bodies that consume of them in turn */
async function addOrganizations({ owner }: MeasuredInstance): Promise<string[]> {
  const names = Array.from({ length: 50 }, (_, n) => `agency-${n}`);
  await owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency)
     select gen_random_uuid(), name, name, name, 'acme@example.com', 'USD' from unnest($1::text[]) as name`,
    [names],
  );
  await owner.query(
    `insert into limit_overrides (organization_id, id, feature, unlimited, limit_quantity, reason, created_by)
     select id, gen_random_uuid(), 'execution', false, 1000000000, 'bench', 'bench'
       from organizations where slug = any($1)`,
    [names],
  );
  return names.map((organization) => hot.replace('acme', organization));
}

async function used({ owner }: MeasuredInstance): Promise<number> {
  const { rows } = await owner.query<{ used: number }>(
    `select coalesce(sum(used), 0)::int as used from limit_counters where feature = 'execution'`,
  );
  return rows[0]?.used ?? 0;
}

const instance = await startMeasuredInstance();
const parseOnly = await startParseOnly();
try {
  const floorPost = createPoster({ url: parseOnly.url, key: 'none', sockets: concurrency });
  const post = createPoster({ ...instance, sockets: concurrency });
  const load = { seconds, concurrency };
  const floor = { run: () => measure(load, () => floorPost('/parse', hot)), cpuMs: parseOnly.cpuMs };
  const subject = (run: () => Promise<Measured>) => ({ run, cpuMs: instance.cpuMs });
  const takeHot = () => post('/v1/limits/consume', hot, [200, 402]);
  await warmUp([() => floorPost('/parse', hot), takeHot, () => post('/v1/limits/check', hot)]);
  const consume = await measurePairs({
    name: 'consume over HTTP, 64 in flight, one counter',
    pairs,
    floor,
    subject: subject(() => measure(load, takeHot)),
  });
  const wideLoad = { seconds, concurrency: wideConcurrency };
  const wideFloorPost = createPoster({ url: parseOnly.url, key: 'none', sockets: wideConcurrency });
  const widePost = createPoster({ ...instance, sockets: wideConcurrency });
  const consumeWide = await measurePairs({
    name: `consume over HTTP, ${wideConcurrency} in flight, one counter`,
    pairs,
    floor: { run: () => measure(wideLoad, () => wideFloorPost('/parse', hot)), cpuMs: parseOnly.cpuMs },
    subject: subject(() => measure(wideLoad, () => widePost('/v1/limits/consume', hot, [200, 402]))),
  });
  const bodies = await addOrganizations(instance);
  const takeAny = (n: number) => post('/v1/limits/consume', bodies[n % bodies.length] ?? hot, [200, 402]);
  await measure({ seconds: 1, concurrency }, takeAny);
  const consumeMany = await measurePairs({
    name: `consume over HTTP, 64 in flight, ${bodies.length} counters`,
    pairs,
    floor,
    subject: subject(() => measure(load, takeAny)),
  });
  const check = await measurePairs({
    name: 'check over HTTP, 64 in flight, one counter',
    pairs,
    floor,
    subject: subject(() => measure(load, () => post('/v1/limits/check', hot))),
  });
  const mixed = await measure(load, (n) =>
    post('/v1/limits/check', hot.replace('execution', features[n % features.length] ?? ''), [200, 404]),
  );
  report('check over HTTP, several features', mixed);
  const over = await overshoot(instance);
  console.log(`granted beyond the limit, or short of it: ${over}`);
  const { rows } = await instance.owner.query(
    `select (select sum(used) from limit_counters where feature = 'execution')::int as used,
            (select count(*) from usage_events where meter = 'execution')::int as events`,
  );
  console.log(`granted ${rows[0].used}, stored ${rows[0].events} events`);
  await writeResults('limits', { results: { consume, consumeWide, consumeMany, check, overshoot: over } });
  if (over !== 0 || rows[0].used !== rows[0].events) process.exitCode = 1;
} finally {
  parseOnly.stop();
  await instance.stop();
}
