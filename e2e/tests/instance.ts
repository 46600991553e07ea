import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environment } from './env.ts';

export const projectRoot = resolve(import.meta.dirname, '../..');

/** Away from the defaults, so that a Metergate somebody works with is not disturbed. */
export const port = Number(environment.E2E_PORT ?? 4480);
export const emulatorPort = port + 1;
export const publicUrl = `http://127.0.0.1:${port}`;

/** Fresh for every run. Playwright loads this file in several processes, which must agree on the folder. */
export const dataFolder = environment.E2E_DATA_DIR ?? join(tmpdir(), `metergate-e2e-${process.pid}`);
environment.E2E_DATA_DIR = dataFolder;

/** Screenshots that people look at. */
export const screenshotFolder = join(projectRoot, 'e2e/artefacts/screenshots');
mkdirSync(screenshotFolder, { recursive: true });
