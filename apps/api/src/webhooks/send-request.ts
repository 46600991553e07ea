import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';

/** How long an endpoint may take for connection, request and status together. */
const timeoutMs = 10_000;
/** Answers are thrown away; one that does not end is cut off so that the connection can be used again or closed. */
const answerBytesMax = 64 * 1024;
const answerMsMax = 2_000;

/** What became of one request. The answer's body is never read into memory, so it can never be shown. */
export interface RequestOutcome {
  responseStatus: number | null;
  /** Null = it was taken (2xx). One of few fixed texts, because it is shown to the endpoint's owner. */
  error: string | null;
}

export interface WebhookRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface WebhookSender {
  send(request: WebhookRequest): Promise<RequestOutcome>;
  close(): void;
}

/**
 * Sends to addresses of the public internet alone: the agent checks every address that a name resolves to when it
 * connects, so a name that turns inward after it was checked is refused too. Redirects are not followed.
 */
export function createWebhookSender(options: { allowsLoopback: boolean }): WebhookSender {
  const filter = options.allowsLoopback ? { allowIPAddressList: ['127.0.0.1', '::1'] } : {};
  const pool = { keepAlive: true, maxSockets: 64, maxFreeSockets: 64, timeout: 30_000, ...filter };
  const http = new RequestFilteringHttpAgent(pool);
  const https = new RequestFilteringHttpsAgent(pool);
  return {
    send({ url, headers, body }) {
      const signal = AbortSignal.timeout(timeoutMs);
      const isPlain = url.startsWith('http:');
      if (isPlain && !options.allowsLoopback) return Promise.resolve(refused('address refused'));
      const settings = { method: 'POST', headers, signal };
      return settle((open) => {
        const call = isPlain
          ? requestHttp(url, { ...settings, agent: http })
          : requestHttps(url, { ...settings, agent: https });
        open(call);
        call.end(body);
      });
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

function settle(start: (open: (call: ClientRequest) => void) => void): Promise<RequestOutcome> {
  return new Promise((resolve) => {
    start((call) => {
      call.on('error', (error) => resolve(refused(errorText(error))));
      call.on('response', (response) => {
        const status = response.statusCode ?? 0;
        resolve({ responseStatus: status, error: statusError(status) });
        const timer = setTimeout(() => response.destroy(), answerMsMax);
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > answerBytesMax) response.destroy();
        });
        response.on('error', () => undefined);
        response.on('close', () => clearTimeout(timer));
      });
    });
  });
}

function statusError(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? 'redirect not followed' : `answered ${status}`;
}

function refused(error: string): RequestOutcome {
  return { responseStatus: null, error };
}

const textByCode: Readonly<Record<string, string>> = {
  ENOTFOUND: 'name not found',
  EAI_AGAIN: 'name not found',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed',
  EPIPE: 'connection closed',
  EHOSTUNREACH: 'not reachable',
  ENETUNREACH: 'not reachable',
  ETIMEDOUT: 'no answer in time',
  ABORT_ERR: 'no answer in time',
};

function errorText(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) return 'certificate not accepted';
  if (code === '' && error.message.startsWith('DNS lookup')) return 'address refused';
  return textByCode[code] ?? 'could not connect';
}
