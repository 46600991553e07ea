import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, Router } from 'express';
import { unknownRoute } from './error-handler.ts';
import { routeNotFound } from './http-errors.ts';
import { nonceOf } from './security-headers.ts';

const standardFolder = fileURLToPath(new URL('../../../console/dist/', import.meta.url));

/** Stands in the built index.html where the nonce of a response goes. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

/** The built console: hashed assets for ever, index.html fresh every time, and for every path that is a page. */
export function createConsoleRouter(folder = standardFolder): Router {
  const router = Router();
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), {
      index: false,
      immutable: true,
      maxAge: '1y',
    }),
  );
  router.use('/assets', unknownRoute);
  router.use(express.static(folder, { index: false, dotfiles: 'ignore', maxAge: '1h' }));
  router.get('/{*path}', servePage(join(folder, 'index.html')));
  return router;
}

function servePage(file: string): RequestHandler {
  return async (request, response) => {
    // A file name or a hidden path is no page: answer 404 rather than the console.
    if (/(^|\/)\.|\.\w{1,8}$/.test(request.path) || !existsSync(file)) throw routeNotFound();
    const page = await readFile(file, 'utf8');
    response.setHeader('Cache-Control', 'no-store');
    response.type('html').send(page.replaceAll(NONCE_PLACEHOLDER, nonceOf(response)));
  };
}
