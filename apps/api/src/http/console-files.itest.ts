import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsoleRouter } from './console-files.ts';
import { errorHandler, unknownRoute } from './error-handler.ts';
import { securityHeaders } from './security-headers.ts';

let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(
    join(folder, 'index.html'),
    '<meta name="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>',
  );
  writeFileSync(join(folder, 'assets', 'index-abc.js'), 'export {};');
  writeFileSync(join(folder, '.env'), 'SECRET=1');
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  const app = express();
  app.use(...securityHeaders({ isHttps: false }), createConsoleRouter(folder), unknownRoute, errorHandler);
  app.use((request, _response, next) => next(request));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('the built console', () => {
  it.each(['/', '/acme/billing', '/sign-in?next=%2Fbilling'])(
    'answers %s with the page and a fresh nonce',
    async (path) => {
      const nonces = new Set<string>();
      for (let n = 0; n < 2; n++) {
        const answer = await fetch(`${url}${path}`);
        expect(answer.status).toBe(200);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        const nonce = /content="([^"]+)"/.exec(await answer.text())?.[1] ?? '';
        expect(answer.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`);
        nonces.add(nonce);
      }
      expect(nonces.size).toBe(2);
    },
  );

  it('keeps hashed assets for ever', async () => {
    const answer = await fetch(`${url}/assets/index-abc.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${url}/favicon.svg`)).status).toBe(200);
  });
});
