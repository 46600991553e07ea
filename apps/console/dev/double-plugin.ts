import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { answerAuth } from './auth-double.ts';
import { answerCall } from './call-double.ts';
import type { DoubleRequest } from './double-request.ts';

/** `vite --mode double`: the API's typed contract answered from memory, to work on screens without a back end. */
export function doubleOfTheApi(): Plugin {
  return {
    name: 'metergate-api-double',
    configureServer: (server) => void server.middlewares.use(handle),
    configurePreviewServer: (server) => void server.middlewares.use(handle),
  };
}

const policy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-__CSP_NONCE__'; img-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

async function handle(request: IncomingMessage, response: ServerResponse, next: Connect.NextFunction) {
  const url = new URL(request.url ?? '/', 'http://double');
  if (process.env.DOUBLE_CSP === '1') response.setHeader('content-security-policy', policy);
  if (!url.pathname.startsWith('/trpc/') && !url.pathname.startsWith('/api/')) return next();
  const page = new URL(request.headers.referer ?? 'http://double/', 'http://double');
  const double: DoubleRequest = { state: page.searchParams.get('state') ?? '', path: page.pathname };
  const body = await readBody(request);
  const answer = url.pathname.startsWith('/api/auth/')
    ? answerAuth(url.pathname, request.headers.cookie ?? '')
    : await answerTrpc(url, body, {
        ...double,
        isSignedIn: (request.headers.cookie ?? '').includes('double=out') === false,
      });
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer.body));
}

async function answerTrpc(url: URL, body: string, request: DoubleRequest) {
  const names = url.pathname.slice('/trpc/'.length).split(',');
  const inputs: Record<string, unknown> = JSON.parse(
    body === '' ? (url.searchParams.get('input') ?? '{}') : body,
  );
  const results = await Promise.all(
    names.map((name, index) => answerCall(name, inputs[String(index)], request)),
  );
  return { status: 207, headers: {}, body: results };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
