import type { Scenario } from './scenario.ts';

/** What is used in one period, told on the day it happens, and the day on which the period ends. */
export interface Month {
  /** Meter, quantity and instant, oldest first. */
  uses?: ReadonlyArray<readonly [meter: string, quantity: string, at: string]>;
  /** Two hours after the boundary: the invoice is frozen and charged an hour after it. */
  until: string;
}

/** Goes through one period of a story; answers the invoices that the renewal brought, as `status total`. */
export async function liveMonth(story: Scenario, { uses = [], until }: Month): Promise<string[]> {
  const known = new Set(await story.invoiceIds());
  for (const [meter, quantity, at] of uses) {
    await story.at(at, 'used');
    await story.use(meter, quantity);
  }
  await story.at(until, 'a period has ended');
  return story.invoicesExcept(known);
}
