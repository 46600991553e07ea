import { createCaller } from '../trial/caller.ts';
import { compareTotals } from '../trial/compare-totals.ts';
import { Acknowledged, sendUntil } from '../trial/journaling-senders.ts';
import { runTrial, sleep } from '../trial/trial.ts';

/** The database restarts under load: the API stays up, recovers by itself and loses nothing it acknowledged. */
await runTrial('P13 database restarts', async (trial) => {
  const restarts = trial.isLong ? 10 : 3;
  const api = await trial.startApi();
  const caller = createCaller({ url: api.url, key: trial.key });
  const journal = new Acknowledged();
  let isOver = false;
  // 30 senders with a pause of 100 ms ask for 300 requests a second.
  const senders = sendUntil(caller, journal, {
    senders: 30,
    batchMax: 3,
    pauseMs: 100,
    isOver: () => isOver,
  });
  const calmMs = trial.isLong ? 2000 : 800;
  await sleep(calmMs);
  for (let n = 1; n <= restarts; n += 1) {
    const before = journal.attempts;
    await trial.database.restart('SIGQUIT');
    const startedAt = performance.now();
    const known = journal.quantities.size;
    while (journal.quantities.size === known && performance.now() - startedAt < 30_000) await sleep(20);
    const seconds = (performance.now() - startedAt) / 1000;
    trial.check(`restart ${n}: acknowledges again within 10 s`, seconds <= 10, `${seconds.toFixed(2)} s`);
    trial.note(`${journal.attempts - before} requests since the restart began`);
    await sleep(calmMs);
  }
  isOver = true;
  await senders;
  trial.check('the process stays up', api.isRunning());
  await compareTotals(trial, journal);
});
