import type { Change } from '../store/store.ts';
import type { World } from '../world.ts';

/** Forgets every object; webhook endpoints stay unless asked, since the application registered them once. */
export function resetState(world: World) {
  const endpoints = world.store.all('webhook_endpoint');
  world.deliverer.forget();
  world.schedule.forget();
  world.store.clear();
  for (const endpoint of endpoints) world.store.put('webhook_endpoint', endpoint);
  world.faults.set({});
  world.store.commit();
  world.rewriteJournal();
  return { reset: true };
}

export function snapshotState(world: World) {
  return { changes: [...world.store.everything()], clock: world.clock.mode };
}

export function restoreState(world: World, input: Record<string, unknown>) {
  if (!Array.isArray(input.changes)) throw new RangeError('give what GET /_emu/snapshot answered');
  world.deliverer.forget();
  world.schedule.forget();
  world.store.clear();
  const changes: Change[] = input.changes;
  for (const change of changes) world.store.load(change);
  world.rewriteJournal();
  return { restored: changes.length };
}
