import { z } from 'zod';

const POLL_MS = 10;
const IDLE_SECONDS_MAX = 60;
const movedSchema = z.object({ dueActions: z.number().default(0) });
const idleSchema = z.object({ idle: z.boolean() });
const objectSchema = z.object({ id: z.string() });

/** The emulated Stripe: its clock, its deliveries, and what people do in Stripe's dashboard by hand. */
export class EmulatorControl {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /** Does everything that falls due on the way; answers how many things that were. */
  async moveTo(instant: Date): Promise<number> {
    const body = JSON.stringify({ now: instant.toISOString(), frozen: false });
    return movedSchema.parse(await this.#control('/_emu/clock', { method: 'POST', body })).dueActions;
  }

  /** Back to real time, as after a seeding that was interrupted. */
  async release(): Promise<void> {
    await this.#control('/_emu/clock/release', { method: 'POST' });
  }

  async untilDelivered(): Promise<void> {
    for (let waitedMs = 0; waitedMs < IDLE_SECONDS_MAX * 1000; waitedMs += POLL_MS) {
      if (idleSchema.parse(await this.#control('/_emu/idle', {})).idle) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`the emulated Stripe still delivers webhooks after ${IDLE_SECONDS_MAX} s`);
  }

  /** A call of Stripe's own interface, as its dashboard makes them. */
  async dashboard(path: string, fields: Readonly<Record<string, string>>): Promise<{ id: string }> {
    return this.#dashboard(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  async cancelInDashboard(stripeSubscriptionId: string): Promise<void> {
    await this.#dashboard(`/v1/subscriptions/${stripeSubscriptionId}`, { method: 'DELETE' });
  }

  async #dashboard(path: string, request: RequestInit): Promise<{ id: string }> {
    const headers = { authorization: 'Bearer sk_test_emulator' };
    return objectSchema.parse(
      await answerOf(await fetch(new URL(path, this.#base), { ...request, headers })),
    );
  }

  async #control(path: string, request: RequestInit): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    return answerOf(await fetch(new URL(path, this.#base), { ...request, headers }));
  }
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) {
    throw new Error(`the emulated Stripe answered ${response.status}: ${await response.text()}`);
  }
  return response.json();
}
