/** The thresholds that a share in percent has reached, lowest first, each once. */
export function reachedOf(thresholds: readonly number[], percent: number): number[] {
  return [...new Set(thresholds)].filter((one) => percent >= one).toSorted((a, b) => a - b);
}
