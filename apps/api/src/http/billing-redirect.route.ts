import { Router } from 'express';
import { readSession } from '../auth/session.ts';
import type { Container } from '../container.ts';

/** `/billing` in a mail or a bookmark names no organization: it leads to the one that the person joined last. */
export function createBillingRedirectRouter(container: Container): Router {
  const router = Router();
  router.get('/billing', async (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    const user = await readSession(container.signIn, request.headers);
    if (user === null) return response.redirect(302, '/sign-in?next=%2Fbilling');
    const last = await container.identity.findLastOrganization(user.id);
    response.redirect(302, last === null ? '/onboarding' : `/${last.slug}/billing`);
  });
  return router;
}
