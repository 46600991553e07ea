import { AppError } from '@metergate/core';
import { databaseUnavailable, isDatabaseUnavailable } from '@metergate/db';

export interface DatabaseWatchOptions {
  /** Asks the database for a sign of life. */
  ask: () => Promise<void>;
  monotonicMs: () => number;
  onAway: (cause: unknown) => void;
  /** Called every ten seconds while the database is away. */
  onStillAway: (awayMs: number) => void;
  /**
   * Called when the database answers again, before anything is asked of it; resolves when normal decisions may
   * resume. Throwing keeps the database "away".
   */
  beforeBack: () => Promise<void>;
  onBack: (awayMs: number) => void;
}

/** A call that takes longer makes us ask whether the database is there at all. */
const patienceMs = 60;
/** No answer to `select 1` for so long = away. With the patience this stays well below the promised 300 ms. */
const answerMsMax = 170;
/** Once it has answered, a slow call goes on and we ask again: it may go away at any moment. */
const slowPatienceMs = 60;
const retryMs = 100;
const reminderMs = 10_000;

/**
 * Knows whether the database can be reached, so that a decision need not wait for a connection to time out. Slow is
 * not away: a call is given up only when the database does not even answer `select 1`.
 */
export class DatabaseWatch {
  readonly #options: DatabaseWatchOptions;
  #awaySince: number | undefined;
  #isFirst = true;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: DatabaseWatchOptions) {
    this.#options = options;
  }

  get isAway(): boolean {
    return this.#awaySince !== undefined;
  }

  /**
   * Runs one piece of database work. The work given up may still take effect later, so it must carry an id that
   * makes it count once. @throws DATABASE_UNAVAILABLE as soon as the database is known to be away
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#awaySince !== undefined) throw databaseUnavailable(new Error('the database is away'));
    // The connection for questions is made now: making it when the first question is urgent would take too long.
    if (this.#isFirst) void this.#options.ask().catch(() => undefined);
    this.#isFirst = false;
    const running = work().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    for (let patience = patienceMs; ; patience = slowPatienceMs) {
      const outcome = await withinMs(running, patience);
      if (outcome !== undefined && 'value' in outcome) return outcome.value;
      if (outcome !== undefined) throw await this.#failureOf(outcome.error);
      if (!(await this.#answers())) throw databaseUnavailable(new Error('the database does not answer'));
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #failureOf(error: unknown): Promise<unknown> {
    if (!isConnectionFailure(error)) return error;
    await this.#answers();
    return error instanceof AppError ? error : databaseUnavailable(error);
  }

  async #answers(): Promise<boolean> {
    if (this.#awaySince !== undefined) return false;
    const answer = this.#options.ask().then(
      () => ({ ok: true }) as const,
      (error: unknown) => ({ ok: false, error }) as const,
    );
    const outcome = await withinMs(answer, answerMsMax);
    if (outcome?.ok === true) return true;
    this.#declareAway(outcome === undefined ? new Error('no answer in time') : outcome.error);
    return false;
  }

  #declareAway(cause: unknown): void {
    if (this.#awaySince !== undefined || this.#isClosed) return;
    this.#awaySince = this.#options.monotonicMs();
    this.#options.onAway(cause);
    this.#retryLater(this.#awaySince, this.#awaySince);
  }

  #retryLater(since: number, remindedAt: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#retry(since, remindedAt), retryMs);
    this.#timer.unref();
  }

  async #retry(since: number, remindedAt: number): Promise<void> {
    try {
      await this.#options.ask();
      await this.#options.beforeBack();
      this.#awaySince = undefined;
      this.#options.onBack(this.#options.monotonicMs() - since);
    } catch {
      const now = this.#options.monotonicMs();
      const isDue = now - remindedAt >= reminderMs;
      if (isDue) this.#options.onStillAway(now - since);
      this.#retryLater(since, isDue ? now : remindedAt);
    }
  }
}

/**
 * Waiting is counted in ticks of this process, not by the clock: where the whole machine is starved of processor time
 * ticks come late, and the database, starved as well, is given as much longer.
 */
const tickMs = 20;

/** `undefined` when it takes longer. An answer that has arrived while this process itself was busy still counts. */
async function withinMs<T>(running: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    let ticks = Math.ceil(ms / tickMs);
    const tick = () => {
      ticks -= 1;
      if (ticks > 0) timer = setTimeout(tick, tickMs);
      // Sockets are read after timers: two rounds of the loop let what has arrived be heard first.
      else setImmediate(() => setImmediate(() => resolve(undefined)));
    };
    timer = setTimeout(tick, tickMs);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Some failures of the driver have no code, only words. */
function isConnectionFailure(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'DATABASE_UNAVAILABLE';
  if (isDatabaseUnavailable(error)) return true;
  return (
    error instanceof Error &&
    /connection terminated|timeout exceeded when trying|read timeout|not queryable/i.test(error.message)
  );
}
