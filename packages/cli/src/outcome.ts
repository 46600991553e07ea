/** Wrong use of a command: exit code 2, and no stack. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem';
}

/** What a command says and how it ends; commands print nothing by themselves, so that tests can read it. */
export interface Outcome {
  /** For people; printed line by line. */
  lines: readonly string[];
  /** For programs; printed instead with --json. */
  json: unknown;
  /** 1 = the command worked and found something wrong. */
  exitCode?: 0 | 1;
}
