import type { FormObject } from '../wire/form.ts';
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
    world.faults.set(JSON.parse(String(form.faults)));
    return true;
  }
  return false;
}
