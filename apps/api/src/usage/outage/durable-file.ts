import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';

const appending = constants.O_WRONLY | constants.O_APPEND;
const creating = appending | constants.O_CREAT | constants.O_EXCL;

/**
 * Appends and flushes. False when somebody has taken the file over, before or while it was written: whoever did may have
 * read it already, so the text belongs into another file. A file that was begun before is never made anew, because the
 * new one would take the place of the one that was taken over.
 */
export async function appendDurably(file: string, text: string, isNew: boolean): Promise<boolean> {
  const handle = await open(file, isNew ? creating : appending, 0o600).catch(unlessMissing);
  if (handle === undefined) {
    if (isNew) throw new Error(`the folder of ${file} is gone`);
    return false;
  }
  try {
    // A disk that is nearly full takes a part of it without an error; this goes on until all is written.
    await handle.appendFile(text);
    await handle.datasync();
    const [written, named] = [await handle.stat(), await stat(file).catch(unlessMissing)];
    if (named?.ino !== written.ino) return false;
  } finally {
    await handle.close();
  }
  if (isNew) await flushFolder(path.dirname(file));
  return true;
}

/** A new file is found after a power cut only when its folder is flushed too. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
