import type { Acknowledged } from './journaling-senders.ts';
import type { Trial } from './trial.ts';

/** What was acknowledged against what is stored and what every total says. */
export async function compareTotals(trial: Trial, journal: Acknowledged): Promise<void> {
  const ids = [...journal.quantities.keys()];
  const found = await trial.count(
    'select count(*) from usage_events where organization_id = $1 and id = any($2::text[])',
    [trial.organizationId, ids],
  );
  trial.check('acknowledged events that are not stored', found === ids.length, ids.length - found);
  const stored = await trial.count('select count(*) from usage_events');
  trial.check('stored events that nobody was told about', stored === ids.length, stored - ids.length);
  const sums = {
    events: await trial.count('select coalesce(sum(quantity), 0) from usage_events'),
    buckets: await trial.count('select coalesce(sum(quantity), 0) from usage_buckets'),
    counters: await trial.count('select coalesce(sum(used), 0) from limit_counters'),
  };
  for (const [name, sum] of Object.entries(sums)) {
    trial.check(
      `total of ${name} = what was acknowledged`,
      sum === journal.total,
      `${sum} = ${journal.total}`,
    );
  }
}
