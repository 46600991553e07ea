import process from 'node:process';

/** Loaded into the measured API with `--expose-gc`, so that what it holds can be told from what is not collected yet. */
process.on('SIGUSR2', () => globalThis.gc?.());
