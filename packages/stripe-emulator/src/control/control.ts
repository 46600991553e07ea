import type { ServerResponse } from 'node:http';
import type { FaultSettings } from '../faults/faults.ts';
import { sendJson } from '../server/send-json.ts';
import { ApiFailure } from '../wire/errors.ts';
import { decodeForm } from '../wire/form.ts';
import { isRecord } from '../wire/params.ts';
import { render } from '../wire/render.ts';
import type { World } from '../world.ts';
import { clockState, moveClock, releaseClock } from './clock-control.ts';
import { dashboard } from './dashboard.ts';
import { submitDashboardForm } from './dashboard-forms.ts';
import { addEndpoint, rollSecret } from './endpoint-control.ts';
import { resetState, restoreState, snapshotState } from './state-control.ts';

export interface ControlRequest {
  method: string;
  url: URL;
  body: string;
}

type Action = (world: World, input: Record<string, unknown>, request: ControlRequest) => unknown;

/** The emulator's own switchboard; nothing here exists at Stripe. */
const ACTIONS: Record<string, Action> = {
  'POST /_emu/reset': (world) => resetState(world),
  'GET /_emu/snapshot': (world) => snapshotState(world),
  'POST /_emu/restore': (world, input) => restoreState(world, input),
  'GET /_emu/clock': (world) => clockState(world),
  'POST /_emu/clock': (world, input) => moveClock(world, input),
  'POST /_emu/clock/release': (world) => releaseClock(world),
  'GET /_emu/faults': (world) => world.faults.settings,
  'POST /_emu/faults': (world, input) => setFaults(world, input),
  'DELETE /_emu/faults': (world) => setFaults(world, {}),
  'GET /_emu/settings': (world) => world.settings,
  'POST /_emu/settings': (world, input) => Object.assign(world.settings, input),
  'GET /_emu/deliveries': (world, _input, { url }) => deliveries(world, url),
  'POST /_emu/deliveries/release': (world) => {
    world.deliverer.releaseHeld();
    return { released: true };
  },
  'POST /_emu/webhook_endpoints': (world, input) => addEndpoint(world, input),
  'GET /_emu/idle': (world) => ({ idle: world.deliverer.isIdle() }),
};

export async function serveControl(
  world: World,
  request: ControlRequest,
  response: ServerResponse,
): Promise<void> {
  const path = request.url.pathname;
  if (request.method === 'GET' && path === '/_emu') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(dashboard(world, request.url));
    return;
  }
  try {
    const form = /^\/_emu\/forms\/(\w+)$/.exec(path)?.[1];
    if (form && request.method === 'POST' && submitDashboardForm(world, form, decodeForm(request.body))) {
      world.store.commit();
      response.writeHead(303, { location: '/_emu' }).end();
      return;
    }
    const input = readInput(request.body);
    const resend = /^\/_emu\/deliveries\/(\w+)\/resend$/.exec(path)?.[1];
    const roll = /^\/_emu\/webhook_endpoints\/(\w+)\/roll$/.exec(path)?.[1];
    const action = roll ? () => rollSecret(world, roll, input) : ACTIONS[`${request.method} ${path}`];
    if (request.method === 'POST' && resend) sendJson(response, 200, resendDelivery(world, resend));
    else if (action) {
      const result = action(world, input, request);
      world.store.commit();
      sendJson(response, 200, result);
    } else sendJson(response, 404, { error: { message: `Unknown control call ${request.method} ${path}` } });
  } catch (error) {
    world.store.rollback();
    if (!(error instanceof RangeError || error instanceof ApiFailure || error instanceof SyntaxError))
      throw error;
    sendJson(response, 400, { error: { message: error.message } });
  }
}

function readInput(body: string): Record<string, unknown> {
  if (body.trim() === '') return {};
  const value: unknown = JSON.parse(body);
  if (!isRecord(value)) throw new RangeError('the body must be a JSON object');
  return value;
}

function setFaults(world: World, input: Record<string, unknown>): FaultSettings {
  world.faults.set({
    ...(isRecord(input.webhooks) ? { webhooks: input.webhooks } : {}),
    // Rules are checked where they are used: an unknown kind answers 500.
    ...(Array.isArray(input.api) ? { api: input.api } : {}),
  });
  return world.faults.settings;
}

function deliveries(world: World, url: URL) {
  const status = url.searchParams.get('status');
  const event = url.searchParams.get('event');
  const limit = Number(url.searchParams.get('limit') ?? '100');
  const found = world.store
    .all('delivery')
    .filter((row) => (!status || row.status === status) && (!event || row.event === event));
  return { data: found.slice(-limit).reverse().map(render) };
}

function resendDelivery(world: World, id: string) {
  const delivery =
    world.store.get('delivery', id) ?? world.store.all('delivery').findLast((row) => row.event === id);
  if (!delivery) throw new RangeError(`no delivery ${id}`);
  return render(world.deliverer.resend(delivery));
}
