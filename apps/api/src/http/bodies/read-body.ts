import type { IncomingMessage } from 'node:http';
import type { BodyStay } from './body-room.ts';

/** Thrown away of a body that was refused on its way, before its connection is cut. */
const discardedBytesMax = 8_000_000;

/** Typed like the failures of the general parsers, so that one table knows both. */
export class UnreadableBody extends Error {
  readonly type: string;

  constructor(
    type:
      | 'entity.parse.failed'
      | 'entity.too.large'
      | 'request.aborted'
      | 'encoding.unsupported'
      | 'charset.unsupported',
    cause?: unknown,
  ) {
    super(type, { cause });
    this.type = type;
  }
}

/** The length that was announced; 0 for a body in chunks, whose length nobody knows. */
export function announcedBytes({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

/** All of a body; fails when it is too long, finds no room, or its sender hangs up. */
export function readChunks(
  request: IncomingMessage,
  { stay, bytesMax }: { stay: BodyStay; bytesMax: number },
): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      length += chunk.length;
      try {
        if (length > bytesMax) throw new UnreadableBody('entity.too.large');
        stay.arrive(chunk.length);
        chunks.push(chunk);
      } catch (refusal) {
        request.off('data', take);
        chunks.length = 0;
        reject(refusal);
        discardRest(request);
      }
    };
    request.on('data', take);
    request.on('end', () => {
      stay.complete();
      resolve(chunks);
    });
    request.on('error', (cause) => reject(new UnreadableBody('request.aborted', cause)));
  });
}

/**
 * Lets the rest of a refused body arrive and forgets it: whoever is cut off while sending may never read why, and
 * what stays unread would be in the way of the next request on the connection. Not for ever: somebody who goes on
 * sending is cut off, and so is, by the server, a request that takes too long.
 */
export function discardRest(request: IncomingMessage): void {
  let left = discardedBytesMax;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.socket.destroy();
  });
  // Whoever hangs up now has nothing more to say.
  request.on('error', () => undefined);
  request.resume();
}
