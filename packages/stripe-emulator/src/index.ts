import type { AddressInfo } from 'node:net';
import { Clock, type ClockMode } from './clock/clock.ts';
import { Schedule } from './clock/due.ts';
import { Faults } from './faults/faults.ts';
import { finishAdvance } from './resources/platform/test-clocks.ts';
import { routes } from './routes.ts';
import { createHttpServer } from './server/http-server.ts';
import { Router } from './server/router.ts';
import { Journal } from './store/journal.ts';
import { Store } from './store/store.ts';
import { Deliverer } from './webhooks/deliverer.ts';
import { ParameterChecker } from './wire/parameter-checker.ts';
import { createResponseValidator } from './wire/response-validator.ts';
import { readSchemaSet } from './wire/schema-set.ts';
import { type AccountSettings, DEFAULT_SETTINGS, type World } from './world.ts';

export interface EmulatorOptions {
  /** 0 = any free port. */
  port: number;
  /** The journal of everything; without it, state ends with the process. */
  dataFile?: string;
  /** Freezes the clock there. */
  now?: Date;
  /** Wall-clock milliseconds between the attempts of a delivery; its length is the number of retries. */
  webhookRetrySchedule?: number[];
  settings?: Partial<AccountSettings>;
  /** Refuse to answer with an object that does not fit the SDK's types (needs the schema cache). */
  validate?: boolean;
}

export interface Emulator {
  url: string;
  port: number;
  close(): Promise<void>;
}

const RETRY_SCHEDULE_MS = [1_000, 5_000, 30_000, 120_000, 600_000];
const TICK_MS = 1_000;
const ROWS_PER_SLICE = 200;
const SLICE_EVERY_MS = 20;

/** Starts an emulator on 127.0.0.1. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const store = new Store();
  const faults = new Faults();
  const schedule = new Schedule();
  const clock = new Clock(options.now ? { kind: 'frozen', atMs: options.now.getTime() } : { kind: 'real' });
  const deliverer = new Deliverer(store, faults, options.webhookRetrySchedule ?? RETRY_SCHEDULE_MS);
  let journal: Journal | null = null;
  const world: World = {
    store,
    faults,
    schedule,
    clock,
    deliverer,
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    url: '',
    request: null,
    runDue: (until) => schedule.run(world, '', { until, enter: (at, work) => clock.at(at * 1000, work) }),
    rewriteJournal: () => journal?.rewrite(),
  };
  if (options.dataFile) journal = new Journal(options.dataFile, store);
  // Only now: a row's due time may depend on rows that the journal holds further down.
  store.onPut = (kind, row) => schedule.note(world, kind, row);
  schedule.takeOver(store.identities());
  const savedClock = store.get('setting', 'clock');
  // The row was written by this program from a clock mode.
  if (savedClock && !options.now) clock.setMode(savedClock.value as ClockMode);
  store.onCommit = (changes) => {
    journal?.append(changes);
    for (const { kind, id } of changes) {
      const delivery = kind === 'delivery' ? store.get('delivery', id) : undefined;
      if (delivery) deliverer.schedule(delivery);
    }
  };
  const schemas = options.validate ? readSchemaSet() : null;
  const tools = {
    world,
    router: new Router(routes),
    checker: new ParameterChecker(() => schemas ?? readSchemaSet()),
    inFlight: new Set<string>(),
    validate: schemas ? createResponseValidator(schemas) : () => {},
  };
  const server = createHttpServer(tools);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  world.url = `http://127.0.0.1:${port}`;
  for (const delivery of store.all('delivery')) deliverer.schedule(delivery);
  for (const { id, status } of store.all('test_helpers.test_clock'))
    if (status === 'advancing') finishAdvance(world, id);
  readDueTimes(world);
  const tick = setInterval(() => {
    // Until all due times are known, what is due could be done in the wrong order.
    if (!schedule.hasUnread) world.runDue(clock.nowSeconds());
  }, TICK_MS);
  tick.unref();
  return {
    url: world.url,
    port,
    close: async () => {
      clearInterval(tick);
      deliverer.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      journal?.close();
    },
  };
}

/** Learns when stored rows are due, a few at a time, so that calls are answered in between. */
function readDueTimes(world: World): void {
  const next = () => {
    if (world.schedule.readSome(world, ROWS_PER_SLICE)) setTimeout(next, SLICE_EVERY_MS).unref();
  };
  setTimeout(next, SLICE_EVERY_MS).unref();
}
