/** What a piece of work may say about itself: routes, statuses and counts, never bodies, names or credentials. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

export interface OpenSpan {
  /** Runs `work` so that spans made inside it belong to this one. */
  within<T>(work: () => T): T;
  /** Until it is ended nothing is sent; ending it twice is ending it once. */
  end(outcome: { name?: string; attributes?: SpanAttributes; isFailed: boolean }): void;
}

export interface Tracer {
  /** A request that came in; `traceparent` is the header of that name. */
  request(traceparent: string | undefined): OpenSpan;
  /** One pass of a job. */
  job(name: string): OpenSpan;
  /** Sends what is left. */
  close(): Promise<void>;
}

/**
 * Traces to the collector that the settings name. The tracing library is loaded only then: without a collector the
 * process has none of it, and the edges add no middleware.
 */
export async function loadTracer(env: {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
}): Promise<Tracer | undefined> {
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return undefined;
  const { createOtlpTracer } = await import('./otlp-tracer.ts');
  return createOtlpTracer(env.OTEL_EXPORTER_OTLP_ENDPOINT);
}
