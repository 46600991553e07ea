import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  type Tracer as SpanMaker,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { OpenSpan, Tracer } from './tracer.ts';

/** A collector that is away costs nothing but memory, and of that only so much. */
const queueSizeMax = 4_096;
const exportMsMax = 5_000;

/** Sends spans over OTLP/HTTP; headers and sampling come from the library's own standard variables. */
export function createOtlpTracer(endpoint: string): Tracer {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: exportMsMax,
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'metergate' }),
    spanProcessors: [
      new BatchSpanProcessor(exporter, {
        maxQueueSize: queueSizeMax,
        exportTimeoutMillis: exportMsMax,
        scheduledDelayMillis: 1_000,
      }),
    ],
  });
  // Registered, so that libraries which trace themselves add their spans to ours.
  provider.register();
  const maker = provider.getTracer('metergate');
  return {
    request(traceparent) {
      const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
      return open(maker, { name: 'request', kind: SpanKind.SERVER, parent });
    },
    job: (name) => open(maker, { name: `job ${name}`, kind: SpanKind.INTERNAL, parent: ROOT_CONTEXT }),
    async close() {
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

function open(maker: SpanMaker, start: { name: string; kind: SpanKind; parent: Context }): OpenSpan {
  const span = maker.startSpan(start.name, { kind: start.kind }, start.parent);
  const inside = trace.setSpan(start.parent, span);
  return {
    within: (work) => context.with(inside, work),
    end({ name, attributes, isFailed }) {
      if (!span.isRecording()) return;
      if (name !== undefined) span.updateName(name);
      if (attributes !== undefined) span.setAttributes(attributes);
      if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
