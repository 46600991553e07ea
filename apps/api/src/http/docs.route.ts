import { Router } from 'express';
import { docsPage } from './docs-page.ts';
import { createOpenApiDocument } from './openapi.ts';
import type { RestRoute } from './rest/route.ts';
import { nonceOf } from './security-headers.ts';

/** `/openapi.json` for programs, `/docs` for people; both are made from the route list, so neither can drift. */
export function createDocsRouter(routes: readonly RestRoute[], publicUrl: string): Router {
  const router = Router();
  const document = createOpenApiDocument(routes, publicUrl);
  router.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  router.get('/docs', (_request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.type('html').send(docsPage({ routes, publicUrl, nonce: nonceOf(response) }));
  });
  return router;
}
