/** The outcome of one step of `npm run check`. */
export interface StepResult {
  name: string;
  passed: boolean;
  seconds: number;
  /** A few words for the one-line report. */
  summary: string;
  /** What a person needs to mend it; empty when there is nothing to say. */
  output: string;
}
