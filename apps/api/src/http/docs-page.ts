import { escapeHtml } from '@metergate/core/shared/escape-html';
import type { RestRoute } from './rest/route.ts';

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  section { border-top: 1px solid #8886; padding: 1rem 0; }
  h2 { font-size: 1rem; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
  .method { display: inline-block; min-width: 4.5rem; font-weight: 700; text-transform: uppercase; }
  pre { background: #8882; padding: .75rem; overflow-x: auto; border-radius: .25rem; }
  nav ul { columns: 2; padding-left: 1rem; }`;

/** One page without scripts and outside files: every route with its scope and a request that works as it stands. */
export function docsPage(page: { routes: readonly RestRoute[]; publicUrl: string; nonce: string }): string {
  const links = page.routes.map((route) => `<li><a href="#${anchor(route)}">${title(route)}</a></li>`);
  const sections = page.routes.map((route) => routeSection(route, page.publicUrl));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Metergate API</title>
<style nonce="${page.nonce}">${style}</style></head>
<body><main>
<h1>Metergate API</h1>
<p>Send <code>Authorization: Bearer mg_…</code> and JSON. Failures answer
<code>{ "error": { "code", "message", "requestId", "retriable", "details"? } }</code>.
Amounts are digits in minor units, quantities decimal text, instants RFC 3339 in UTC.
The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p>
<nav aria-label="Routes"><ul>${links.join('')}</ul></nav>
${sections.join('\n')}
</main></body></html>`;
}

function routeSection(route: RestRoute, publicUrl: string): string {
  const scope = route.scope === null ? 'Any valid key.' : `Scope <code>${route.scope}</code>.`;
  const answer = route.example.answer;
  return `<section id="${anchor(route)}">
<h2>${title(route)}</h2>
<p>${escapeHtml(route.summary)} ${scope}</p>
<pre><code>${escapeHtml(curlCommand(route, publicUrl))}</code></pre>
<p>Answers ${route.example.status}.</p>
${answer === undefined ? '' : `<pre><code>${escapeHtml(JSON.stringify(answer, null, 2))}</code></pre>`}
</section>`;
}

function curlCommand(route: RestRoute, publicUrl: string): string {
  const params = { org: 'acme', ...route.example.params };
  const path = route.path.replace(/\{(\w+)\}/g, (whole, name: string) => Reflect.get(params, name) ?? whole);
  const query = new URLSearchParams(route.example.query).toString();
  const lines = [
    `curl -X ${route.method.toUpperCase()} '${publicUrl}${path}${query === '' ? '' : `?${query}`}'`,
  ];
  lines.push(`  -H 'Authorization: Bearer mg_…'`);
  if (route.example.body !== undefined) {
    lines.push(`  -H 'Content-Type: application/json'`, `  -d '${JSON.stringify(route.example.body)}'`);
  }
  return lines.join(' \\\n');
}

function title(route: RestRoute): string {
  return `<span class="method">${route.method}</span> ${escapeHtml(route.path)}`;
}

function anchor(route: RestRoute): string {
  return `${route.method}${route.path.replace(/[^\w]+/g, '-')}`.replace(/-$/, '');
}
