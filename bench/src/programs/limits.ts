import { createPoster, measure, report } from '../load.ts';
import { startMeasuredInstance } from '../measured-instance.ts';
import { writeResults } from '../results.ts';

/** Decisions per second on one hot counter, against one conditional UPDATE per request, in one run. */
const seconds = Number(process.argv[2] ?? 5);
const body = JSON.stringify({ organization: 'acme', feature: 'execution', quantity: '1' });

const instance = await startMeasuredInstance();
try {
  const { owner, organizationId } = instance;
  await owner.query(
    `insert into limit_counters (organization_id, feature, window_start, window_end, used, reserved)
     values ($1, 'bench_base', now() - interval '1 day', now() + interval '1 day', 0, 0)`,
    [organizationId],
  );
  const base = await measure({ seconds, concurrency: 2 }, async () => {
    await owner.query(
      `update limit_counters set used = used + 1
        where organization_id = $1 and feature = 'bench_base' and used + reserved + 1 <= 1000000000 returning used`,
      [organizationId],
    );
  });
  report('one conditional UPDATE per request, no event, no receipt', base);
  const post = createPoster({ ...instance, sockets: 64 });
  const consumeOnce = () => post('/v1/limits/consume', body, [200, 402]);
  const consume = await measure({ seconds, concurrency: 64 }, consumeOnce);
  report('consume over HTTP, 64 in flight, one counter', consume, base);
  const check = await measure({ seconds, concurrency: 64 }, () => post('/v1/limits/check', body));
  report('check over HTTP, 64 in flight', check, base);
  await writeResults('limits', { results: { base, consume, check } });
  const { rows } = await owner.query(
    `select (select sum(used) from limit_counters where feature = 'execution')::int as used,
            (select count(*) from usage_events where meter = 'execution')::int as events`,
  );
  console.log(`granted ${rows[0].used}, stored ${rows[0].events} events`);
} finally {
  await instance.stop();
}
