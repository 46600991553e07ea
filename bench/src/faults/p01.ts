import { type Caller, createCaller } from '../trial/caller.ts';
import { compareTotals } from '../trial/compare-totals.ts';
import { Acknowledged, sendUntil, sendUntilAcknowledged } from '../trial/journaling-senders.ts';
import { between, runTrial, sleep, type Trial } from '../trial/trial.ts';

/** No acknowledged usage event is lost: senders keep a journal while API and PostgreSQL are killed at random. */
await runTrial('P1 no acknowledged usage event is lost', async (trial) => {
  const plan = trial.isLong
    ? { events: 100_000, api: 50, database: 10, clean: 5, cuts: 20, pauseMs: [500, 2500] }
    : { events: 3_000, api: 4, database: 2, clean: 1, cuts: 5, pauseMs: [200, 700] };
  const api = await trial.startApi();
  const caller = createCaller({ url: api.url, key: trial.key });
  await caller.post('/v1/limits/check', { organization: 'acme', feature: 'execution', quantity: '1' });
  const journal = new Acknowledged();
  let isOver = false;
  const senders = sendUntil(caller, journal, {
    senders: 16,
    batchMax: 20,
    isOver: () => isOver && journal.quantities.size >= plan.events,
  });

  const faults = [
    ...Array<'api'>(plan.api).fill('api'),
    ...Array<'database'>(plan.database).fill('database'),
    ...Array<'clean'>(plan.clean).fill('clean'),
  ].sort(() => Math.random() - 0.5);
  for (const fault of faults) {
    await sleep(between(plan.pauseMs[0] ?? 0, plan.pauseMs[1] ?? 0));
    if (fault === 'database') {
      await trial.database.restart('SIGKILL');
      trial.check('the API survives the end of the database', api.isRunning());
    } else {
      await api.end(fault === 'api' ? 'SIGKILL' : 'SIGTERM');
      await api.start();
    }
  }
  isOver = true;
  await senders;
  await cutAfterAnswers(trial, caller, { journal, cuts: plan.cuts });
  trial.note(
    `${faults.length + plan.cuts} faults, ${journal.quantities.size} events, ${journal.attempts} requests`,
  );
  await compareTotals(trial, journal);
});

/**
 * Under load somebody else's flush saves what was only said to be written. Here nobody else writes, and the power is cut
 * with the answer.
 */
async function cutAfterAnswers(
  trial: Trial,
  caller: Caller,
  { journal, cuts }: { journal: Acknowledged; cuts: number },
): Promise<void> {
  for (let cut = 1; cut <= cuts; cut += 1) {
    const events = [{ id: `cut-${cut}`, quantity: 1 }];
    // Whoever has to connect anew would take the time in which others write.
    await sendUntilAcknowledged(caller, journal, { events: [{ id: `before-cut-${cut}`, quantity: 1 }] });
    await sleep(100);
    await trial.database.cutPowerAfter(() => sendUntilAcknowledged(caller, journal, { events }));
  }
}
