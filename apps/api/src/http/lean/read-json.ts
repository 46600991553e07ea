import type { IncomingMessage } from 'node:http';
import type { Turns } from '../../usage/turns.ts';
import { JSON_BYTES_MAX } from '../json-body.ts';

/**
 * Whether a request's body is what nearly everybody sends: JSON of a known and allowed length, not compressed. All
 * others are read (or refused) by the general parsers.
 */
export function isPlainJson({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length']);
  return (
    plainTypes.has(headers['content-type'] ?? '') &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    length > 0 &&
    length <= JSON_BYTES_MAX
  );
}

const plainTypes = new Set(['application/json', 'application/json; charset=utf-8']);

/** Above this, parsing takes long enough to let others go first. */
const largeBytes = 16_384;

/** The parsed body; fails when it is no JSON or its sender hangs up. Large ones are parsed in turns. */
export async function readJson(request: IncomingMessage, turns: Turns): Promise<unknown> {
  const chunks = await readChunks(request);
  if (Number(request.headers['content-length']) > largeBytes) await turns.next();
  try {
    return JSON.parse(textOf(chunks));
  } catch (cause) {
    throw new UnreadableBody('entity.parse.failed', cause);
  }
}

function readChunks(request: IncomingMessage): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks));
    request.on('error', (cause) => reject(new UnreadableBody('request.aborted', cause)));
  });
}

function textOf(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '';
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}

const byteOrderMark = 0xfeff;

/** Typed like the failures of the general parser, so that one table knows both. */
class UnreadableBody extends Error {
  readonly type: string;

  constructor(type: 'entity.parse.failed' | 'request.aborted', cause: unknown) {
    super(type, { cause });
    this.type = type;
  }
}
