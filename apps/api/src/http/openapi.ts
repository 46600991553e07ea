import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { RestRoute } from './rest/route.ts';

const errorSchema = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'Stable, SCREAMING_SNAKE.', example: 'NOT_FOUND' }),
      message: z.string().meta({ description: 'Fit for users.' }),
      requestId: z.string(),
      retriable: z
        .boolean()
        .meta({ description: 'True: the same call may succeed later and is safe to repeat.' }),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({ id: 'Error' });

/** OpenAPI 3.1 of exactly the given routes. */
export function createOpenApiDocument(routes: readonly RestRoute[], publicUrl: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Metergate',
      version: '1.0.0',
      description:
        'Usage metering, plan limits and billing. Amounts are digits in minor units, quantities decimals.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    security: [{ apiKey: [] }],
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key (mg_…).' } },
    },
    paths,
  });
}

function operationOf(route: RestRoute): ZodOpenApiOperationObject {
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [tagOf(route.path)],
    ...(route.scope === null ? {} : { description: `Scope: \`${route.scope}\`.` }),
    requestParams: parametersOf(route),
    ...(route.body === undefined ? {} : { requestBody: requestBodyOf(route, route.body) }),
    responses: responsesOf(route),
  };
}

function parametersOf(route: RestRoute): NonNullable<ZodOpenApiOperationObject['requestParams']> {
  const names = pathParameters(route.path);
  const header = z.object({ 'Idempotency-Key': z.string().max(255).optional() });
  return {
    ...(names.length === 0
      ? {}
      : { path: z.object(Object.fromEntries(names.map((name) => [name, parameterSchema(name)]))) }),
    ...(route.query instanceof z.ZodObject ? { query: route.query } : {}),
    ...(route.takesIdempotencyKey ? { header } : {}),
  };
}

function requestBodyOf(route: RestRoute, schema: z.ZodType) {
  const { body } = route.example;
  return {
    required: true,
    content: { 'application/json': { schema, ...(body === undefined ? {} : { example: body }) } },
  };
}

function responsesOf(route: RestRoute): ZodOpenApiOperationObject['responses'] {
  const responses: ZodOpenApiOperationObject['responses'] = {
    default: { description: 'Refused or failed.', content: { 'application/json': { schema: errorSchema } } },
  };
  for (const [status, schema] of Object.entries(route.answers)) {
    const { answer } = route.example;
    const example =
      answer !== undefined && Number(status) === route.example.status ? { example: answer } : {};
    responses[`${Number(status)}` as '200'] = {
      description: Number(status) < 300 ? 'Done.' : 'See the body.',
      ...(schema === null ? {} : { content: { 'application/json': { schema, ...example } } }),
    };
  }
  return responses;
}

function parameterSchema(name: string): z.ZodType {
  return name === 'org'
    ? z.string().meta({ description: 'Our id (org_…) or your externalId.', example: 'acme' })
    : z.string();
}

function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

function tagOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== 'v1' && !part.startsWith('{'));
  return (parts[0] === 'organizations' && parts[1] !== undefined ? parts[1] : parts[0]) ?? 'other';
}

/** `post /v1/usage-events/{id}/void` → `post_usage_events_id_void`. */
function operationId(route: RestRoute): string {
  return `${route.method}_${route.path
    .replace('/v1/', '')
    .replace(/[{}]/g, '')
    .replace(/[^\w]+/g, '_')}`;
}
