import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { serveControl } from '../control/control.ts';
import { API_VERSION } from '../events/emit.ts';
import { servePage } from '../pages/pages.ts';
import { decodeForm } from '../wire/form.ts';
import type { ParameterChecker } from '../wire/parameter-checker.ts';
import { isRecord } from '../wire/params.ts';
import type { World } from '../world.ts';
import { answerFault } from './answer-fault.ts';
import { type ApiRequest, fingerprintOf, remember, serveApi } from './api.ts';
import type { Router } from './router.ts';
import { sendJson } from './send-json.ts';

const BODY_BYTES_MAX = 2 * 1024 * 1024;
/** Restoring a snapshot sends the whole state. */
const SNAPSHOT_BYTES_MAX = 512 * 1024 * 1024;

export interface ServerTools {
  world: World;
  router: Router;
  checker: ParameterChecker;
  validate: (body: unknown) => void;
  /** Idempotency keys of calls that are being served. */
  inFlight: Set<string>;
}

export function createHttpServer(tools: ServerTools): Server {
  return createServer((request, response) => {
    serve(tools, request, response).catch((error: unknown) => {
      process.stderr.write(`stripe-emulator: ${error instanceof Error ? error.stack : String(error)}\n`);
      if (!response.headersSent) {
        sendJson(response, 500, { error: { type: 'api_error', message: 'An unknown error occurred' } });
      } else response.destroy();
    });
  });
}

async function serve(tools: ServerTools, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const isControl = url.pathname === '/_emu' || url.pathname.startsWith('/_emu/');
  const body = await readBody(request, isControl ? SNAPSHOT_BYTES_MAX : BODY_BYTES_MAX);
  if (body === null) {
    sendJson(response, 413, { error: { type: 'invalid_request_error', message: 'Request is too large' } });
    return;
  }
  const method = request.method ?? 'GET';
  if (isControl) {
    await serveControl(tools.world, { method, url, body }, response);
  } else if (/^\/[cpi]\//.test(url.pathname)) {
    await servePage(tools.world, { method, url, form: decodeForm(body) }, response);
  } else await serveApiCall(tools, { request, url, body, method }, response);
}

interface Incoming {
  request: IncomingMessage;
  url: URL;
  body: string;
  method: string;
}

async function serveApiCall(tools: ServerTools, incoming: Incoming, response: ServerResponse): Promise<void> {
  const { request, url, method } = incoming;
  const version = headerOf(request, 'stripe-version');
  const refusal = keyProblem(headerOf(request, 'authorization'));
  if (refusal) {
    response.setHeader('www-authenticate', 'Bearer realm="Stripe"');
    sendJson(response, 401, { error: { type: 'invalid_request_error', message: refusal } });
    return;
  }
  const raw = parametersOf(incoming);
  if (raw === null) {
    const message = 'Invalid request: the body is not valid JSON.';
    sendJson(response, 400, { error: { type: 'invalid_request_error', message } });
    return;
  }
  const call: ApiRequest = {
    method,
    path: url.pathname.replace(/\/$/, ''),
    raw,
    idempotencyKey: headerOf(request, 'idempotency-key'),
    isStrict: version === API_VERSION,
  };
  const { inFlight } = tools;
  const key = method === 'POST' ? call.idempotencyKey : null;
  if (key !== null && inFlight.has(key)) {
    answerInUse(key, response);
    return;
  }
  if (key !== null) inFlight.add(key);
  try {
    await answerCall(tools, { call, version }, response);
  } finally {
    if (key !== null) inFlight.delete(key);
  }
}

/** Two requests with one key at the same time: the second is told to come back. */
function answerInUse(key: string, response: ServerResponse): void {
  const message = `There is currently another in-progress request using this Stripe Idempotency Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`;
  sendJson(response, 409, { error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message } });
}

async function answerCall(
  tools: ServerTools,
  { call, version }: { call: ApiRequest; version: string | null },
  response: ServerResponse,
): Promise<void> {
  const fault = tools.world.faults.takeApiFault(call.method, call.path);
  if (fault?.latencyMs) await new Promise((resolve) => setTimeout(resolve, fault.latencyMs));
  if (fault && fault.kind !== 'latency' && fault.when !== 'after') {
    answerFault(fault, response);
    return;
  }
  const answer = serveApi(tools.world, tools, call);
  if (fault?.when === 'after' && fault.kind !== 'latency') {
    if (fault.kind === 'error_500') rememberFailure(tools.world, call, answer.requestId);
    answerFault(fault, response);
    return;
  }
  if (answer.status === 200) tools.validate(answer.body);
  response.setHeader('request-id', answer.requestId);
  response.setHeader('stripe-version', version ?? API_VERSION);
  if (call.idempotencyKey) {
    response.setHeader('idempotency-key', call.idempotencyKey);
    response.setHeader('original-request', answer.requestId);
    if (answer.isReplayed) response.setHeader('idempotent-replayed', 'true');
  }
  if (answer.status === 500) response.setHeader('stripe-should-retry', 'false');
  sendJson(response, answer.status, answer.body);
}

/** A failure after the work is what the key answers from now on, as at Stripe. */
function rememberFailure(world: World, call: ApiRequest, requestId: string): void {
  if (!call.idempotencyKey) return;
  const body = { error: { type: 'api_error', message: 'An unknown error occurred' } };
  const failed = { status: 500, body, requestId, isReplayed: false };
  remember(world, call.idempotencyKey, { fingerprint: fingerprintOf(call), answer: failed });
  world.store.commit();
}

/** Parameters come from the query and, for writes, from a form or JSON body; null when that cannot be read. */
function parametersOf({ request, url, body }: Incoming): Record<string, unknown> | null {
  const query = decodeForm(url.search.slice(1));
  if (body === '') return query;
  const isJson = headerOf(request, 'content-type')?.includes('json') ?? false;
  if (!isJson) return { ...query, ...decodeForm(body) };
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? { ...query, ...value } : null;
  } catch {
    return null;
  }
}

/** Only test keys are served: this is never a place for a live key. */
function keyProblem(authorization: string | null): string | null {
  if (!authorization) return 'You did not provide an API key. Provide it with Bearer auth.';
  const [scheme, value = ''] = authorization.split(' ');
  const key = scheme === 'Basic' ? (Buffer.from(value, 'base64').toString().split(':')[0] ?? '') : value;
  // A meter event session's token is short-lived and has its own prefix.
  if (/^(sk_test_|rk_test_|mes_test_)/.test(key)) return null;
  if (/^(sk|rk)_live_/.test(key))
    return 'The Stripe emulator refuses live keys. Use a key that begins with sk_test_.';
  return `Invalid API Key provided: ${key.slice(0, 8)}***`;
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
