import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sleep, type Trial } from './trial.ts';

/** A look at thresholds comes every second, and what it reads is little. */
const lookSecondsMax = 15;

/**
 * Every line that an outage has left, each of which is to be in the database by now. Only segments whose thresholds were
 * looked at keep their names, so these are waited for.
 */
export async function readJournalLines(trial: Trial): Promise<string[]> {
  const folder = path.join(trial.dataDir, 'outage-journal');
  const notIn = async (states: RegExp) => (await readdir(folder)).filter((name) => !states.test(name));
  const waiting = await notIn(/\.(carried|reconciled)\.jsonl$/);
  trial.check('no segment of the journal waits', waiting.length === 0, waiting.join(', ') || 'none');
  const deadline = performance.now() + lookSecondsMax * 1000;
  let unseen = await notIn(/\.reconciled\.jsonl$/);
  while (unseen.length > 0 && performance.now() < deadline) {
    await sleep(100);
    unseen = await notIn(/\.reconciled\.jsonl$/);
  }
  trial.check('thresholds of all segments were looked at', unseen.length === 0, unseen.join(', ') || 'all');
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
}
