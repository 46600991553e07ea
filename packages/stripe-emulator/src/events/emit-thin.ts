import type { Row } from '../store/rows.ts';
import { newId } from '../wire/ids.ts';
import type { World } from '../world.ts';

export interface ThinEvent {
  type: string;
  related: { id: string; type: string; url: string } | null;
  data: Record<string, unknown>;
  /** One destination instead of all that want the type. */
  only?: string;
}

/** Records a thin event and notifies the thin destinations; the notification does not carry the data. */
export function emitThin(world: World, { type, related, data, only }: ThinEvent): Row {
  const event = world.store.put('thin_event', {
    id: newId('evt'),
    object: 'v2.core.event',
    changes: null,
    context: null,
    created: new Date(world.clock.nowMs()).toISOString(),
    data,
    livemode: false,
    reason: null,
    related_object: related,
    type,
  });
  const endpoints = world.store.all('webhook_endpoint').filter(({ id, _isThin, status, enabled_events }) => {
    if (only !== undefined) return id === only;
    return (
      _isThin === true &&
      status === 'enabled' &&
      (enabled_events.includes('*') || enabled_events.includes(type))
    );
  });
  for (const endpoint of endpoints) world.deliverer.enqueue({ id: event.id, type }, endpoint);
  return event;
}
