import type { Clock } from '@metergate/core';

/** Everything the edges need, built once per process by the composition root. */
export interface Container {
  clock: Clock;
}
