import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, startTestApi, type TestApi } from './start-test-api.ts';

interface SentSpan {
  name: string;
  traceId: string;
  parentSpanId?: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
  status: { code?: number };
}

/** A collector that keeps what it is sent. */
async function startCollector() {
  const spans: SentSpan[] = [];
  const paths = new Set<string>();
  const server: Server = createServer((request, response) => {
    let body = '';
    paths.add(request.url ?? '');
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      for (const { scopeSpans } of JSON.parse(body).resourceSpans)
        for (const scope of scopeSpans) spans.push(...scope.spans);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${port}`, spans, paths, server };
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const caller = `00-${traceId}-b7ad6b7169203331-01`;

describe('tracing', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let api: TestApi;

  beforeAll(async () => {
    collector = await startCollector();
    api = await startTestApi({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` });
    await api.addOrganization('acme');
    const { key } = await api.addApiKey(['usage:write', 'usage:read']);
    const headers = { traceparent: caller };
    await api.rest({ method: 'GET', path: '/v1/organizations/acme/usage-events', key, headers });
    await api.rest({ method: 'POST', path: '/v1/usage-events', key, body: { events: [] }, headers });
    await api.rest({ method: 'GET', path: '/secret-name-of-nobody/x', headers });
    await api.container.drainUntilIdle();
    await api.stop();
  });
  afterAll(() => void collector.server.close());

  it('sends one span per request, named after its route, as part of the trace of the caller', () => {
    expect([...collector.paths]).toEqual(['/v1/traces']);
    const requests = collector.spans.filter((span) => span.traceId === traceId);
    expect(requests.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['GET /v1/organizations/:org/usage-events', 'POST /v1/usage-events']),
    );
    expect(new Set(requests.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set(['b7ad6b7169203331']));
    const refused = requests.find(({ name }) => name === 'POST /v1/usage-events');
    expect(refused?.attributes).toContainEqual({
      key: 'http.response.status_code',
      value: { intValue: 400 },
    });
  });

  it('sends passes of jobs that did something, and no path, id or key', () => {
    expect(collector.spans.map(({ name }) => name)).toContain('job schedules');
    const text = JSON.stringify(collector.spans);
    expect(text).not.toMatch(/secret-name-of-nobody|acme|mg_/);
  });

  it('does not keep a process from working or stopping when the collector is away', async () => {
    const alone = await startTestApi({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    expect((await alone.rest({ method: 'GET', path: '/healthz' })).status).toBe(200);
    const startedAt = performance.now();
    await alone.stop();
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});
