import { describeError } from '../logging/logger.ts';

/** A failure that lasts is told again after so many more passes, about a minute. */
const toldEvery = 64;

type Line = (fields: { job: string; failures: number; error?: object }, text: string) => void;

/**
 * What one job says of its failures. A pass comes each second, and whatever keeps it from working (a database that is
 * away) often lasts: the first of equal failures is told, then the 2nd, 4th, 8th … and every 64th, and the end of them.
 */
export class FailureLog {
  readonly #job: string;
  readonly #log: { error: Line; info: Line };
  #failure = '';
  #count = 0;

  constructor(job: string, log: { error: Line; info: Line }) {
    this.#job = job;
    this.#log = log;
  }

  failed(error: unknown): void {
    const failure = error instanceof Error ? `${error.name} ${error.message}` : String(error);
    this.#count = failure === this.#failure ? this.#count + 1 : 1;
    this.#failure = failure;
    if (!isTold(this.#count)) return;
    this.#log.error(
      { job: this.#job, failures: this.#count, error: describeError(error) },
      'a job failed and will run again',
    );
  }

  succeeded(): void {
    if (this.#count > 1) this.#log.info({ job: this.#job, failures: this.#count }, 'a job works again');
    this.#failure = '';
    this.#count = 0;
  }
}

function isTold(count: number): boolean {
  return count % toldEvery === 0 || (count < toldEvery && Number.isInteger(Math.log2(count)));
}
