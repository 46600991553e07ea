import type { IncomingMessage } from 'node:http';
import type { Turns } from '../../usage/turns.ts';
import type { BodyStay } from './body-room.ts';
import { readChunks, UnreadableBody } from './read-body.ts';

/** Above this, parsing takes long enough to let others go first. */
export const largeBytes = 16_384;

export interface JsonReading {
  stay: BodyStay;
  bytesMax: number;
  turns: Turns;
}

/** The parsed body; fails when it is no JSON. Large ones are parsed in turns. Nothing at all is an empty object. */
export async function readJson(request: IncomingMessage, reading: JsonReading): Promise<unknown> {
  const chunks = await readChunks(request, reading);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length === 0) return {};
  if (length > largeBytes) await reading.turns.next();
  try {
    return JSON.parse(textOf(chunks));
  } catch (cause) {
    throw new UnreadableBody('entity.parse.failed', cause);
  }
}

function textOf(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '';
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}

const byteOrderMark = 0xfeff;
