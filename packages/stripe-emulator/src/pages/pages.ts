import type { ServerResponse } from 'node:http';
import type { World } from '../world.ts';
import { authenticatePage } from './challenge.ts';
import { checkoutPage } from './checkout-page.ts';
import { invoicePage } from './invoice-page.ts';
import { document, html } from './layout.ts';
import { portalPage } from './portal-page.ts';

export interface PageRequest {
  method: string;
  url: URL;
  form: Record<string, unknown>;
}

export type PageAnswer =
  | { status: number; html: string }
  | { status: 303; location: string }
  | { status: number; bytes: Buffer; contentType: string };

export async function servePage(world: World, request: PageRequest, response: ServerResponse): Promise<void> {
  const answer = await answerOf(world, request);
  response.statusCode = answer.status;
  response.setHeader('cache-control', 'no-store');
  if ('location' in answer) {
    response.setHeader('location', answer.location);
    response.end();
  } else if ('bytes' in answer) {
    response.setHeader('content-type', answer.contentType);
    response.end(answer.bytes);
  } else {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(answer.html);
  }
}

async function answerOf(world: World, request: PageRequest): Promise<PageAnswer> {
  const [, area, kind = '', ...rest] = request.url.pathname.split('/');
  if (area === 'c' && kind === 'pay') return checkoutPage(world, request, rest[0] ?? '');
  if (area === 'c' && kind === 'authenticate') return authenticatePage(world, request, rest[0] ?? '');
  if (area === 'p' && kind === 'session') return portalPage(world, request, rest[0] ?? '');
  if (area === 'i') return invoicePage(world, request, rest);
  return {
    status: 404,
    html: document('Not found', html`<div class="card"><h1>There is nothing here</h1></div>`),
  };
}
