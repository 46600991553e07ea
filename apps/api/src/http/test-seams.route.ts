import { AppError } from '@metergate/core';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { moveClock } from '../clock/move-clock.ts';
import type { Container } from '../container.ts';
import { armCrashPoint, armedCrashPoints, crashPointNames } from '../crash-points.ts';
import { isLoopbackHost } from '../env-rules.ts';
import { routeNotFound } from './http-errors.ts';
import { jsonBody } from './json-body.ts';
import { queriesOf } from './query-counts.ts';

const clockMoveSchema = z.union([
  z.object({ now: z.iso.datetime({ offset: true }) }),
  z.object({ advanceSeconds: z.number().int().min(0).max(3_200_000_000) }),
]);
/** Makes the clock of this process alone wrong; nobody else is told. */
const clockStepSchema = z.object({ stepSeconds: z.number().int().min(-1_000_000).max(1_000_000) });
const crashSchema = z.object({
  point: z.enum(crashPointNames),
  n: z.number().int().min(0).max(1_000_000).default(1),
});

/** Doors for tests, mounted only where the environment asks for them, which production refuses. No key. */
export function createTestSeamsRouter(container: Container): Router {
  const router = Router();
  router.use(requireLoopback, jsonBody(container, 10_000));

  router.get('/clock', (_request, response) => {
    response.json({ now: container.clock.now().toISOString(), offsetMs: container.clock.offsetMs });
  });
  router.post('/clock', async (request, response) => {
    const move = parse(clockMoveSchema, request.body);
    const now = 'now' in move ? new Date(move.now) : secondsLater(container.clock.now(), move.advanceSeconds);
    await moveClock(container, now);
    response.json({ now: container.clock.now().toISOString(), offsetMs: container.clock.offsetMs });
  });

  router.post('/clock/step', (request, response) => {
    const { stepSeconds } = parse(clockStepSchema, request.body);
    for (const clock of [container.clock, container.background.wallClock]) clock.step(stepSeconds * 1000);
    container.wake();
    response.json({ now: container.clock.now().toISOString() });
  });

  router.post('/drain', async (_request, response) => {
    response.json(await container.drainUntilIdle());
  });

  router.get('/crash', (_request, response) => {
    response.json({ points: crashPointNames, armed: armedCrashPoints() });
  });
  router.post('/crash', (request, response) => {
    const { point, n } = parse(crashSchema, request.body);
    armCrashPoint(point, n);
    response.json({ points: crashPointNames, armed: armedCrashPoints() });
  });

  router.get('/queries', (request, response) => {
    const requestId = String(request.query.requestId ?? '');
    const count = queriesOf(requestId);
    if (count === undefined) throw routeNotFound();
    response.json({ requestId, count });
  });
  return router;
}

const requireLoopback: RequestHandler = (request, _response, next) => {
  const address = (request.socket.remoteAddress ?? '').replace('::ffff:', '');
  next(isLoopbackHost(address) ? undefined : routeNotFound());
};

function secondsLater(instant: Date, seconds: number): Date {
  const later = new Date(instant);
  later.setTime(instant.getTime() + seconds * 1000);
  return later;
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new AppError({
    code: 'INVALID_INPUT',
    kind: 'malformed',
    message: 'test seam: body not understood',
    userMessage: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  });
}
