import { type Request, type RequestHandler, Router } from 'express';
import { notSignedIn } from '../http/http-errors.ts';
import { originCheck } from '../http/origin-check.ts';
import { readSession } from './session.ts';
import type { SignIn } from './sign-in.ts';

/**
 * Ends one session or all others of the person who asks. The library looks sessions up by their tokens before it ends
 * them; it gets only digests from us, finds nothing by them and answers that all went well.
 */
export function createEndSessionsRouter({
  signIn,
  allowedOrigins,
}: {
  signIn: SignIn;
  allowedOrigins: readonly string[];
}): Router {
  const router = Router();
  const ours = originCheck(allowedOrigins);
  const end =
    (which: (request: Request, own: { sessionId: string }) => Condition): RequestHandler =>
    async (request, response) => {
      const user = await readSession(signIn, request.headers);
      if (user === null) throw notSignedIn();
      const { adapter } = await signIn.$context;
      const where = [{ field: 'userId', value: user.id }, which(request, user)];
      await adapter.deleteMany({ model: 'session', where });
      response.json({ status: true });
    };
  router.post(
    '/revoke-other-sessions',
    ours,
    end((_request, { sessionId }) => ({ field: 'id', operator: 'ne', value: sessionId })),
  );
  // By the token, or by the name that the list of sessions gives it.
  router.post(
    '/revoke-session',
    ours,
    end(({ body }) => ({ field: 'token', value: String(Reflect.get(Object(body), 'token') ?? '') })),
  );
  return router;
}

interface Condition {
  field: string;
  value: string;
  operator?: 'ne';
}
