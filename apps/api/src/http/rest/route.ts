import type { Actor, ApiKeyScope, OrganizationId } from '@metergate/core';
import type { z } from 'zod';
import type { Container } from '../../container.ts';

export type RestMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type ApiKeyActor = Extract<Actor, { kind: 'api_key' }>;

/** `/v1/organizations/{org}/usage` → `'org'`. */
type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;

/** Known whenever the path names an organization as `{org}`; other routes call `organization(ref)` themselves. */
type OrganizationOf<Path extends string> = 'org' extends ParamNames<Path> ? OrganizationId : null;

/** A parsed request as the router hands it over, before the types of its route are known again. */
export interface IncomingRestRequest {
  container: Container;
  actor: ApiKeyActor;
  requestId: string;
  organizationId: OrganizationId | null;
  params: Readonly<Record<string, string>>;
  query: unknown;
  body: unknown;
  /** Value of If-None-Match, for `withETag`. */
  ifNoneMatch: string | undefined;
  /**
   * The organization that a body names by our id or its externalId.
   * @throws NOT_FOUND for one that does not exist or is not this key's
   */
  organization(ref: string): Promise<OrganizationId>;
}

export type RestRequest<Path extends string, Query, Body> = Omit<
  IncomingRestRequest,
  'organizationId' | 'params' | 'query' | 'body'
> & {
  organizationId: OrganizationOf<Path>;
  params: Readonly<Record<ParamNames<Path>, string>>;
  query: Query;
  body: Body;
};

export interface RestAnswer {
  status?: number;
  /** Checked against the schema that the route declares for the status. Absent: no content. */
  body?: unknown;
  /** Sent as it is instead of `body`, for documents. */
  bytes?: { type: string; content: Uint8Array };
  headers?: Readonly<Record<string, string>>;
}

/** One request that works as it stands; a test runs it against the organization whose externalId is `acme`. */
export interface RouteExample {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Status that the example gets. */
  status: number;
  /** Shown in the documentation. */
  answer?: unknown;
  /** Makes what the example needs first, over HTTP, and may answer params and a body that depend on it. */
  prepare?(call: ExampleCall): Promise<{ params?: Record<string, string>; body?: unknown }>;
}

export type ExampleCall = (method: RestMethod, path: string, body?: unknown) => Promise<unknown>;

export interface RouteDefinition<
  Path extends string = string,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  method: RestMethod;
  path: Path;
  /** null: any valid key. */
  scope: ApiKeyScope | null;
  summary: string;
  /** Answered ahead of logging and the general middleware: its rate matters more than a log line per call. */
  isLean?: true;
  /** Values arrive as text: use `z.coerce` for numbers. Unknown parameters are ignored. */
  query?: Query;
  /** Unknown fields are dropped by the schema before the handler sees the body. */
  body?: Body;
  /** Status → schema of the body; null = no JSON body. The error envelope is documented everywhere. */
  answers: Readonly<Record<number, z.ZodType | null>>;
  example: RouteExample;
  handle(request: RestRequest<Path, z.output<Query>, z.output<Body>>): Promise<RestAnswer>;
}

/** A route whose types have been checked and forgotten, for lists. */
export interface RestRoute extends Omit<RouteDefinition, 'handle'> {
  /** True for POST below `/billing`: the command can be repeated with an Idempotency-Key. */
  takesIdempotencyKey: boolean;
  handle(request: IncomingRestRequest): Promise<RestAnswer>;
}

/** Declares one REST route: access, validation, documentation and handler in one place. */
export function defineRoute<
  const Path extends string,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<Path, Query, Body>): RestRoute {
  return {
    ...definition,
    takesIdempotencyKey: definition.method === 'post' && definition.path.includes('/billing/'),
    // The router parses params, query and body with this very definition before it calls the handler.
    handle: (request) =>
      definition.handle(request as unknown as RestRequest<Path, z.output<Query>, z.output<Body>>),
  };
}
