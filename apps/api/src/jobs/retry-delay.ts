/** Attempts before something is given up; about an hour of retries. */
export const attemptsMax = 8;

const delaysSeconds = [1, 5, 15, 60, 300, 900, 1_800];

/** Seconds to wait after the n-th failed attempt. */
export function retryDelaySeconds(attempts: number): number {
  return delaysSeconds[Math.min(attempts, delaysSeconds.length) - 1] ?? 1;
}
