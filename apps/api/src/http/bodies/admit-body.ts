import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import type { BodyRoom, BodyStay } from './body-room.ts';
import { announcedBytes, discardRest, UnreadableBody } from './read-body.ts';

/**
 * Admits a body, or refuses it before any of it is read: what is sent of it all the same is thrown away.
 * @throws BODY_ROOM_FULL, BODY_TOO_LARGE, REQUEST_ABORTED when the sender hung up meanwhile: nobody would say so again
 */
export function admitBody(
  request: IncomingMessage,
  { room, sender, bytesMax }: { room: BodyRoom; sender: string; bytesMax: number },
): BodyStay {
  if (request.destroyed) throw new UnreadableBody('request.aborted');
  const announced = announcedBytes(request);
  try {
    if (announced > bytesMax) throw new UnreadableBody('entity.too.large');
    return room.enter(sender, announced);
  } catch (refusal) {
    discardRest(request);
    throw refusal;
  }
}

/** As above for a request of the application; its room is given back when it is answered or its sender is gone. */
export function admitRequest(
  request: Request,
  response: Response,
  { room, bytesMax }: { room: BodyRoom; bytesMax: number },
): BodyStay {
  const stay = admitBody(request, { room, sender: senderOf(request, response), bytesMax });
  response.once('close', stay.leave);
  return stay;
}

/** The key where there is one, because many senders may come from one address. */
function senderOf(request: Request, response: Response): string {
  const { actor } = response.locals;
  return actor === undefined ? `address:${request.ip}` : actor.keyId;
}
