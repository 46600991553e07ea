import { setFlagsFromString } from 'node:v8';

/**
 * How much, in percent of what was in use after a full collection, is allocated before the next one. By default V8 lets
 * a heap of this size grow to the fourfold, and keeps the pages for ever after it has shrunk again: half an hour of
 * load leaves hundreds of megabytes in which there is nothing. A full collection takes a tenth of a second, mostly
 * beside the work, and becomes necessary every few seconds in a flood.
 */
const growthPercent = 40;

/** Before anything is loaded, or at least before there is load. */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
