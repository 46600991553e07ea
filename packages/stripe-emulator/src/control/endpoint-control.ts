import { registerEndpoint } from '../resources/platform/webhook-endpoints.ts';
import { randomText } from '../wire/ids.ts';
import { render } from '../wire/render.ts';
import type { World } from '../world.ts';

const ROLL_SECONDS = 86_400;

/** Like the API call, but the secret may be given, and the same URL twice is one endpoint. */
export function addEndpoint(world: World, input: Record<string, unknown>) {
  const url = String(input.url ?? '');
  const known = world.store.all('webhook_endpoint').find((row) => row.url === url);
  if (known && (input.secret === undefined || known._secrets.includes(String(input.secret))))
    return { ...render(known), secret: known._secrets[0] };
  if (known) world.store.delete('webhook_endpoint', known.id);
  const events = Array.isArray(input.enabledEvents) ? input.enabledEvents.map(String) : ['*'];
  const endpoint = registerEndpoint(world, {
    url,
    enabledEvents: events,
    ...(typeof input.secret === 'string' ? { secret: input.secret } : {}),
  });
  return { ...render(endpoint), secret: endpoint._secrets[0] };
}

/** A new secret; the old one stays valid beside it for `overlapSeconds` (a day), as the dashboard's roll does. */
export function rollSecret(world: World, id: string, input: Record<string, unknown>) {
  const before = world.store.get('webhook_endpoint', id);
  if (!before) throw new RangeError(`no webhook endpoint ${id}`);
  const overlap = typeof input.overlapSeconds === 'number' ? input.overlapSeconds : ROLL_SECONDS;
  const [current = ''] = before._secrets;
  const after = world.store.put('webhook_endpoint', {
    ...before,
    _secrets: [`whsec_${randomText(32)}`, current],
    _rollingUntilMs: Date.now() + overlap * 1000,
  });
  return { ...render(after), secret: after._secrets[0] };
}
