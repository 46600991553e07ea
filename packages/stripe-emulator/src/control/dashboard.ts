import { document, html } from '../pages/layout.ts';
import type { World } from '../world.ts';
import { clockState } from './clock-control.ts';

/** What the emulator holds, for people; everything it shows can be had as JSON too. */
export function dashboard(world: World, _url: URL): string {
  const counts = new Map<string, number>();
  for (const { kind } of world.store.everything()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const deliveries = world.store.all('delivery').slice(-25).reverse();
  const clock = clockState(world);
  return document(
    'Stripe emulator',
    html`<h1>Stripe emulator</h1><p class="soft">Clock ${clock.now} (${clock.mode})</p>
<section class="card"><h2>Objects</h2><table><tbody>${[...counts].map(([kind, count]) => html`<tr><td>${kind}</td><td class="number">${count}</td></tr>`)}</tbody></table></section>
<section class="card"><h2>Last deliveries</h2><table><tbody>${deliveries.map((row) => html`<tr><td>${row.eventType}</td><td>${row.event}</td><td><span class="tag">${row.status}</span></td><td>${row.attempts.at(-1)?.httpStatus ?? row.attempts.at(-1)?.error}</td></tr>`)}</tbody></table></section>
<section class="card"><h2>Faults</h2><pre>${JSON.stringify(world.faults.settings, null, 2)}</pre></section>`,
  );
}
