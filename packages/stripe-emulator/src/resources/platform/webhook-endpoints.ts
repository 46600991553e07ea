import type { Call, Route } from '../../server/router.ts';
import { blankWebhookEndpoint } from '../../shapes/sessions.ts';
import type { WebhookEndpointRow } from '../../store/session-rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { World } from '../../world.ts';

function requireEndpoint(world: World, id: string): WebhookEndpointRow {
  const endpoint = world.store.get('webhook_endpoint', id);
  if (!endpoint) throw noSuchObject('webhook endpoint', id);
  return endpoint;
}

function readUrl(value: string): string {
  if (!URL.canParse(value)) throw invalidRequest('Invalid URL', 'url', 'url_invalid');
  return value;
}

export interface EndpointFields {
  url: string;
  enabledEvents: string[];
  apiVersion?: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  /** Fixed by the control API, so that an application can know it before it starts. */
  secret?: string;
}

export function registerEndpoint(world: World, fields: EndpointFields): WebhookEndpointRow {
  return world.store.put('webhook_endpoint', {
    ...blankWebhookEndpoint,
    id: newId('we'),
    api_version: fields.apiVersion ?? null,
    created: world.clock.nowSeconds(),
    description: fields.description ?? null,
    enabled_events: fields.enabledEvents,
    metadata: fields.metadata ?? {},
    status: 'enabled',
    url: readUrl(fields.url),
    _secrets: [fields.secret ?? `whsec_${randomText(32)}`],
  });
}

/** The secret is shown once, in the answer to the creation. */
function create({ world, params }: Call) {
  const enabledEvents = params.texts('enabled_events');
  if (!enabledEvents || enabledEvents.length === 0) throw missingParameter('enabled_events');
  const endpoint = registerEndpoint(world, {
    url: params.requireText('url'),
    enabledEvents,
    apiVersion: params.textOrNull('api_version'),
    description: params.textOrNull('description'),
    metadata: mergeMetadata({}, params),
  });
  return { ...endpoint, secret: endpoint._secrets[0] };
}

function update({ world, params, id }: Call) {
  const before = requireEndpoint(world, id);
  const isDisabled = params.flag('disabled');
  return world.store.put('webhook_endpoint', {
    ...before,
    description: params.has('description') ? params.textOrNull('description') : before.description,
    enabled_events: params.texts('enabled_events') ?? before.enabled_events,
    metadata: mergeMetadata(before.metadata, params),
    status: isDisabled === undefined ? before.status : isDisabled ? 'disabled' : 'enabled',
    url: params.has('url') ? readUrl(params.requireText('url')) : before.url,
  });
}

export const webhookEndpointRoutes: Route[] = [
  { method: 'POST', path: '/v1/webhook_endpoints', handler: create },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    handler: ({ world, params }) =>
      listOf(world, 'webhook_endpoint', {
        params,
        url: '/v1/webhook_endpoints',
        matches: (row) => !row._isThin,
      }),
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints/:id',
    handler: ({ world, id }) => requireEndpoint(world, id),
  },
  { method: 'POST', path: '/v1/webhook_endpoints/:id', handler: update },
  {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/:id',
    handler: ({ world, id }) => {
      requireEndpoint(world, id);
      world.store.delete('webhook_endpoint', id);
      return { id, object: 'webhook_endpoint', deleted: true };
    },
  },
];
