import process from 'node:process';
import { createMetergate } from '@metergate/sdk';
import { fileJournal } from '@metergate/sdk/file-journal';

/**
 * A platform's process: reports usage and asks for limits through the SDK, with a journal that others share. Prints
 * an id once it relies on it being counted. Quantities stand in the ids, so that what is stored can be judged by itself.
 */
const [url = '', apiKey = '', folder = '', name = '', load = 'busy'] = process.argv.slice(2);
const metergate = createMetergate({
  url,
  apiKey,
  journal: fileJournal(folder),
  onUnavailable: 'open',
  timeoutMs: 3000,
  flushIntervalMs: 200,
  batchSize: 50,
  bufferMax: 100,
  onRejected: ({ id, code }) => process.stdout.write(`!rejected ${id} ${code}\n`),
  onDropped: (events, reason) => process.stdout.write(`!dropped ${events.length} ${reason}\n`),
  onReportDropped: ({ path }, reason) => process.stdout.write(`!dropped ${path} ${reason}\n`),
  onJournalFailed: (error) => process.stdout.write(`!journal ${error}\n`),
});
let isOver = false;
process.once('SIGTERM', () => {
  isOver = true;
  metergate.shutdown(30_000).then(
    () => process.exit(0),
    () => process.exit(3),
  );
});

process.stdout.write('ready\n');
const rely = (id: string) => process.stdout.write(`${id}\n`);
const newId = (n: number) => ({ id: `${name}-${n}-q${(n % 9) + 1}`, quantity: (n % 9) + 1 });

async function useOnce(n: number): Promise<void> {
  const { id, quantity } = newId(n);
  const organization = 'acme';
  if (n % 10 === 0) {
    const { decision } = await metergate.limits.consume({ organization, feature: 'call', quantity, id });
    if (decision === 'allowed') rely(id);
  } else if (n % 10 === 5) {
    const wish = { organization, feature: 'call', quantity, id, leaseSeconds: 600 };
    const held = await metergate.limits.reserve(wish);
    if (held.decision !== 'allowed') return;
    await held.commit(quantity);
    rely(id);
  } else {
    rely(await metergate.usage.keep({ organization, meter: 'execution', quantity, id }));
  }
}

async function work(first: number): Promise<void> {
  for (let n = first; !isOver; n += 4) {
    await useOnce(n);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

if (load === 'busy') await Promise.all([0, 1, 2, 3].map(work));
else setInterval(() => undefined, 1000);
