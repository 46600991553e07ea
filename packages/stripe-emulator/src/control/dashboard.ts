import { document, type Html, html, statusTag } from '../pages/layout.ts';
import type { World } from '../world.ts';
import { clockState } from './clock-control.ts';

const ROWS = 25;

/** What the emulator holds, for people. Everything here can be had and done as JSON too. */
export function dashboard(world: World, url: URL): string {
  return document(
    'Stripe emulator',
    html`<h1>Stripe emulator</h1>
${clockCard(world)}
${objectsCard(world, url)}
${deliveriesCard(world)}
${eventsCard(world)}
${faultsCard(world)}`,
  );
}

function clockCard(world: World): Html {
  const clock = clockState(world);
  return html`<section class="card" aria-label="Clock"><h2>Clock</h2><p>${clock.now} <span class="tag">${clock.mode}</span></p>
<form method="post" action="/_emu/forms/clock" class="row"><label for="advance">Advance by (days)</label>
<input id="advance" name="days" type="number" min="0" step="any" value="1" style="width:120px"><button>Advance</button>
<button class="plain" name="release" value="1">Back to real time</button></form></section>`;
}

/** Counts by kind; `?kind=` lists the newest of one kind and `?id=` shows one object. */
function objectsCard(world: World, url: URL): Html {
  const wanted = url.searchParams.get('kind');
  const id = url.searchParams.get('id');
  const counts = new Map<string, number>();
  const newest: { id: string; text: string }[] = [];
  for (const { kind, id: rowId, row } of world.store.everything()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (kind === wanted && (id === null || id === rowId))
      newest.push({ id: rowId, text: JSON.stringify(row, null, 2) });
  }
  const shown = newest.slice(-ROWS).reverse();
  return html`<section class="card" aria-label="Objects" id="objects"><h2>Objects</h2>
<ul class="kinds">${[...counts].map(([kind, count]) => html`<li><a href="/_emu?kind=${kind}#objects">${kind}</a> ${count}</li>`)}</ul>
${shown.map((row) => html`<details ${id ? 'open' : ''}><summary>${row.id}</summary><pre>${row.text}</pre></details>`)}</section>`;
}

function deliveriesCard(world: World): Html {
  const rows = world.store.all('delivery').slice(-ROWS).reverse();
  return html`<section class="card" aria-label="Webhook deliveries"><h2>Webhook deliveries</h2><div class="wide-table" tabindex="0" role="region" aria-label="Deliveries, newest first"><table><thead><tr><th>Type</th><th>Event</th><th>Status</th><th>Last answer</th><th>Again</th></tr></thead><tbody>
${rows.map((row) => {
  const last = row.attempts.at(-1);
  return html`<tr><td>${row.eventType}</td><td><a href="/_emu?kind=event&amp;id=${row.event}#objects">${row.event}</a></td><td>${statusTag(row.status)}</td><td>${last ? (last.httpStatus ?? last.error) : 'none yet'}</td><td><form method="post" action="/_emu/forms/resend"><input type="hidden" name="id" value="${row.id}"><button class="plain small" aria-label="Resend ${row.eventType} ${row.event}">Resend</button></form></td></tr>`;
})}</tbody></table></div>${rows.length === 0 ? html`<p class="soft">Nothing was sent yet. Endpoints are made by <code>POST /v1/webhook_endpoints</code>.</p>` : null}</section>`;
}

function eventsCard(world: World): Html {
  const rows = world.store.all('event').slice(-ROWS).reverse();
  return html`<section class="card" aria-label="Events"><h2>Events</h2><div class="wide-table" tabindex="0" role="region" aria-label="Events, newest first"><table><thead><tr><th>Time</th><th>Type</th><th>Event</th></tr></thead><tbody>
${rows.map((row) => html`<tr><td>${new Date(row.created * 1000).toISOString()}</td><td>${row.type}</td><td><a href="/_emu?kind=event&amp;id=${row.id}#objects">${row.id}</a></td></tr>`)}</tbody></table></div></section>`;
}

function faultsCard(world: World): Html {
  return html`<section class="card" aria-label="Faults"><h2>Faults</h2>
<form method="post" action="/_emu/forms/faults"><label for="faults">Settings (JSON)</label>
<textarea id="faults" name="faults" rows="8" style="width:100%;font-family:monospace">${JSON.stringify(world.faults.settings, null, 2)}</textarea>
<p class="buttons"><button>Set faults</button><button class="plain" name="clear" value="1">Clear faults</button></p></form>
<form method="post" action="/_emu/forms/release" class="buttons"><button class="plain">Release held deliveries</button></form></section>`;
}
