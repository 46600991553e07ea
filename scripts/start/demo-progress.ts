import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../instance/settings.ts';
import { clusterFolder } from './database.ts';

/** Lies in the data folder while the demo is being made in a database that held nothing before. */
function unfinishedFile(settings: Settings): string {
  return join(settings.dataFolder, 'demo-unfinished');
}

/** Only half a demo is in the embedded database, and nothing else: it may be deleted and made again. */
export function isDemoUnfinished(settings: Settings): boolean {
  return settings.databaseUrl === null && existsSync(unfinishedFile(settings));
}

/** Asked before the database starts: one that is there already may hold what people made. */
export function isDatabaseNew(settings: Settings): boolean {
  return settings.databaseUrl === null && !existsSync(clusterFolder(settings));
}

export function beginDemo(settings: Settings): void {
  writeFileSync(unfinishedFile(settings), '');
}

/** Also after the half demo itself has been deleted. */
export function endDemo(settings: Settings): void {
  rmSync(unfinishedFile(settings), { force: true });
}
