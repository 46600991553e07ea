import type { Route } from '../../server/router.ts';
import type { EventRow } from '../../store/session-rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { listOf } from '../../wire/lists.ts';

/** `invoice.*` matches every type of that family. */
function matchesType(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

export const eventRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/events',
    handler: ({ world, params }) => {
      const type = params.text('type');
      const types = params.texts('types') ?? (type === undefined ? undefined : [type]);
      const matches = (row: EventRow) => !types || types.some((pattern) => matchesType(row.type, pattern));
      return listOf(world, 'event', { params, url: '/v1/events', matches });
    },
  },
  {
    method: 'GET',
    path: '/v1/events/:id',
    handler: ({ world, id }) => {
      const event = world.store.get('event', id);
      if (!event) throw noSuchObject('event', id);
      return event;
    },
  },
];
