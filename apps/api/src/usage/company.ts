/** How long somebody counts as company after a report. */
const companyMs = 1_000;

/** Knows whether one organization reports alone, or others did a moment ago. */
export class Company {
  readonly #monotonicMs: () => number;
  #last: string | undefined;
  #until = Number.NEGATIVE_INFINITY;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  get isPresent(): boolean {
    return this.#monotonicMs() < this.#until;
  }

  note(organizationId: string): void {
    if (organizationId === this.#last) return;
    if (this.#last !== undefined) this.#until = this.#monotonicMs() + companyMs;
    this.#last = organizationId;
  }
}
