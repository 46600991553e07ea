import type { FormObject } from '../wire/form.ts';
import { isRecord } from '../wire/params.ts';
import type { World } from '../world.ts';
import { moveClock, releaseClock } from './clock-control.ts';

const DAY_SECONDS = 86_400;

/** What the dashboard's buttons do; each leads back to the dashboard. False when there is no such form. */
export function submitDashboardForm(world: World, name: string, form: FormObject): boolean {
  if (name === 'clock') {
    if (form.release === '1') releaseClock(world);
    else moveClock(world, { advanceSeconds: Math.round(Number(form.days) * DAY_SECONDS) });
    return true;
  }
  if (name === 'resend') {
    const delivery = world.store.get('delivery', String(form.id));
    if (delivery) world.deliverer.resend(delivery);
    return true;
  }
  if (name === 'faults') {
    if (form.clear === '1') world.faults.set({});
    else setFaultsText(world, String(form.faults));
    return true;
  }
  if (name === 'release') {
    world.deliverer.releaseHeld();
    return true;
  }
  return false;
}

/** Typed by hand: what is not a JSON object of settings is refused with a sentence, not a stack trace. */
function setFaultsText(world: World, text: string): void {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new RangeError('the fault settings must be a JSON object');
  world.faults.set({
    ...(isRecord(value.webhooks) ? { webhooks: value.webhooks } : {}),
    ...(Array.isArray(value.api) ? { api: value.api } : {}),
  });
}
