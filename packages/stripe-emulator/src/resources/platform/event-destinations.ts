import { emitThin } from '../../events/emit-thin.ts';
import type { Call, Route } from '../../server/router.ts';
import type { WebhookEndpointRow } from '../../store/session-rows.ts';
import { missingParameter, noSuchObject } from '../../wire/errors.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { isRecord } from '../../wire/params.ts';
import { render } from '../../wire/render.ts';
import type { World } from '../../world.ts';

const PAGE_SIZE = 20;

function destinationOf(row: WebhookEndpointRow, isSecretShown: boolean) {
  return {
    id: row.id,
    object: 'v2.core.event_destination',
    created: row._created,
    description: row.description ?? '',
    enabled_events: row.enabled_events,
    event_payload: 'thin',
    livemode: false,
    metadata: row.metadata,
    name: row._name ?? 'destination',
    status: row.status,
    type: 'webhook_endpoint',
    updated: row._updated,
    webhook_endpoint: { url: row.url, ...(isSecretShown ? { signing_secret: row._secrets[0] } : {}) },
  };
}

function requireDestination(world: World, id: string): WebhookEndpointRow {
  const row = world.store.get('webhook_endpoint', id);
  if (!row?._isThin) throw noSuchObject('event destination', id);
  return row;
}

function nowText(world: World): string {
  return new Date(world.clock.nowMs()).toISOString();
}

/** A destination for thin events; the signing secret is part of this answer only. */
function create({ world, params }: Call) {
  const url = params.sub('webhook_endpoint')?.requireText('url');
  if (!url) throw missingParameter('webhook_endpoint.url');
  const now = nowText(world);
  const row = world.store.put('webhook_endpoint', {
    id: newId('ed_test'),
    object: 'webhook_endpoint',
    api_version: null,
    description: params.text('description') ?? '',
    enabled_events: params.texts('enabled_events') ?? ['*'],
    metadata: isRecord(params.raw.metadata) ? textsOf(params.raw.metadata) : {},
    status: 'enabled',
    url,
    _created: now,
    _isThin: true,
    _name: params.text('name'),
    _secrets: [`whsec_${randomText(32)}`],
    _updated: now,
  });
  return destinationOf(row, true);
}

function textsOf(metadata: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
}

function change(world: World, id: string, fields: Partial<WebhookEndpointRow>) {
  const before = requireDestination(world, id);
  const after = { ...before, ...fields, _updated: nowText(world) };
  return destinationOf(world.store.put('webhook_endpoint', after), false);
}

function update({ world, params, id }: Call) {
  const before = requireDestination(world, id);
  return change(world, id, {
    description: params.text('description') ?? before.description,
    enabled_events: params.texts('enabled_events') ?? before.enabled_events,
    url: params.sub('webhook_endpoint')?.text('url') ?? before.url,
    _name: params.text('name') ?? before._name,
  });
}

/** Sends a test event to this destination. */
function ping({ world, id }: Call) {
  const row = requireDestination(world, id);
  const related = {
    id: row.id,
    type: 'v2.core.event_destination',
    url: `/v2/core/event_destinations/${row.id}`,
  };
  const event = emitThin(world, { type: 'v2.core.event_destination.ping', related, data: {}, only: row.id });
  return render(event);
}

function remove({ world, id }: Call) {
  requireDestination(world, id);
  world.store.delete('webhook_endpoint', id);
  return { id };
}

function retrieveEvent({ world, id }: Call) {
  const event = world.store.get('thin_event', id);
  if (!event) throw noSuchObject('event', id);
  return event;
}

/** Pages of the second API: `page` is an offset here, opaque to callers. */
function pageOf({ params }: Call, rows: unknown[], path: string) {
  const limit = params.integer('limit') ?? PAGE_SIZE;
  const from = Number(params.text('page') ?? '0');
  const link = (at: number) => `${path}?limit=${limit}&page=${at}`;
  return {
    data: rows.slice(from, from + limit),
    next_page_url: from + limit < rows.length ? link(from + limit) : null,
    previous_page_url: from > 0 ? link(Math.max(0, from - limit)) : null,
  };
}

const BASE = '/v2/core/event_destinations';

export const eventDestinationRoutes: Route[] = [
  { method: 'POST', path: BASE, handler: create },
  {
    method: 'GET',
    path: BASE,
    handler: (call) => {
      const rows = call.world.store.all('webhook_endpoint').filter((row) => row._isThin);
      return pageOf(
        call,
        rows.map((row) => destinationOf(row, false)),
        BASE,
      );
    },
  },
  {
    method: 'GET',
    path: `${BASE}/:id`,
    handler: ({ world, id }) => destinationOf(requireDestination(world, id), false),
  },
  { method: 'POST', path: `${BASE}/:id`, handler: update },
  { method: 'DELETE', path: `${BASE}/:id`, handler: remove },
  { method: 'POST', path: `${BASE}/:id/ping`, handler: ping },
  {
    method: 'POST',
    path: `${BASE}/:id/disable`,
    handler: ({ world, id }) => change(world, id, { status: 'disabled' }),
  },
  {
    method: 'POST',
    path: `${BASE}/:id/enable`,
    handler: ({ world, id }) => change(world, id, { status: 'enabled' }),
  },
  {
    method: 'GET',
    path: '/v2/core/events',
    handler: (call) => {
      const object = call.params.text('object_id');
      const rows = call.world.store
        .all('thin_event')
        .filter(
          ({ related_object }) => !object || (isRecord(related_object) && related_object.id === object),
        );
      return pageOf(call, rows.reverse().map(render), '/v2/core/events');
    },
  },
  { method: 'GET', path: '/v2/core/events/:id', handler: retrieveEvent },
];
