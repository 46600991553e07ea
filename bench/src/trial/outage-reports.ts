import type { CallAnswer, Caller } from './caller.ts';
import type { Trial } from './trial.ts';

const reservedCount = 250;
const atOnce = 10;
const committedQuantity = 2;

/**
 * What has happened already while the database stands still: running work ends, levels are reported, rights are
 * read. None of it may be refused, and all of it counts once.
 */
export class Reports {
  readonly #caller: Caller;
  readonly #name: string;
  readonly #reservations: string[] = [];
  #level = 0;
  readonly answers: CallAnswer[] = [];
  readonly rights: CallAnswer[] = [];
  committed: string[] = [];
  failed = 0;

  constructor(caller: Caller, name: string) {
    this.#caller = caller;
    this.#name = name;
  }

  /** Holds the work that will end during the break. */
  async prepare(): Promise<void> {
    const reserve = async (n: number) => {
      const body = { organization: 'acme', feature: 'transcription', quantity: '1', leaseSeconds: 3600 };
      const { json } = await this.#caller.post('/v1/limits/reservations', {
        ...body,
        id: `${this.#name}-${n}`,
      });
      return String(json.id);
    };
    for (let n = 0; n < reservedCount; n += atOnce) {
      const made = Array.from({ length: atOnce }, (_, offset) => reserve(n + offset));
      this.#reservations.push(...(await Promise.all(made)));
    }
    await this.report();
  }

  /** Ends one reservation twice, as a sender does that lost the answer, reports a level and reads the rights. */
  async report(): Promise<void> {
    const reservation = this.#reservations.pop();
    const body = { organization: 'acme', quantity: String(committedQuantity) };
    if (reservation !== undefined) {
      const commit = () => this.#caller.post(`/v1/limits/reservations/${reservation}/commit`, body);
      if (await this.#ask(this.answers, commit)) this.committed.push(reservation);
      await this.#ask(this.answers, commit);
    }
    this.#level += 1;
    const level = { value: String(this.#level), id: `${this.#name}-level-${this.#level}` };
    await this.#ask(this.answers, () => this.#caller.put('/v1/organizations/acme/gauges/agents', level));
    await this.#ask(this.rights, () => this.#caller.get('/v1/organizations/acme/entitlements'));
  }

  /** Every answer; how long each took is judged with those of the decisions. */
  all(): CallAnswer[] {
    return [...this.answers, ...this.rights];
  }

  async compare(trial: Trial): Promise<void> {
    const all = this.all();
    const refused = all.filter(({ status }) => status !== 200);
    const reasons = refused.map(
      ({ status, json }) => `${status} ${json?.error?.code ?? json?.error?.data?.code}`,
    );
    trial.check(
      'ended work, levels and rights: none is refused',
      refused.length === 0 && this.failed === 0,
      `${all.length - refused.length}/${all.length} ${[...new Set(reasons)].join(', ')}`,
    );
    const stored = await trial.count(
      `select coalesce(sum(quantity), 0) from usage_events where meter = 'transcription' and id like $1`,
      [`${this.#name}-%`],
    );
    const expected = this.committed.length * committedQuantity;
    trial.check('ended work counts once', stored === expected && expected > 0, `${stored} = ${expected}`);
    const level = await trial.count(`select level from gauges where feature = 'agents'`);
    trial.check('the last level is in force', level === this.#level, `${level} = ${this.#level}`);
  }

  async #ask(list: CallAnswer[], call: () => Promise<CallAnswer>): Promise<boolean> {
    const answer = await call().catch(() => undefined);
    if (answer === undefined) this.failed += 1;
    else list.push(answer);
    return answer?.status === 200;
  }
}
