import { listLimits } from '@metergate/core/limits/reading/list-limits';
import { limitReadingOf } from '../../usage/limit-reading.ts';
import type { DemoWorld, Tenant } from './demo-world.ts';
import { recordDemoUsage } from './record-demo-usage.ts';

const eventsMax = 60;
const spreadMs = 20 * 3_600_000;

/** Reports what is missing to a part of the limit, over the last hours. Nothing when more is used already. */
export async function useUp(
  { container }: DemoWorld,
  { organizationId, plot }: Tenant,
  { feature, percent }: { feature: string; percent: number },
): Promise<void> {
  const limits = await listLimits(limitReadingOf(container), { organizationId });
  const found = limits.find((view) => view.feature === feature);
  if (found === undefined || found.limit === null) throw new Error(`${plot.key} has no limit of ${feature}`);
  const missing = (BigInt(found.limit) * BigInt(percent)) / 100n - BigInt(found.used);
  if (missing <= 0n) return;
  const count = missing < BigInt(eventsMax) ? Number(missing) : eventsMax;
  const now = container.clock.now().getTime();
  const share = missing / BigInt(count);
  const events = Array.from({ length: count }, (_, index) => ({
    id: `demo:${plot.key}:${feature}:up-to-${percent}:${index}`,
    organization: plot.key,
    meter: feature,
    quantity: String(index === 0 ? missing - share * BigInt(count - 1) : share),
    occurredAt: new Date(now - (spreadMs / count) * index).toISOString(),
  }));
  await recordDemoUsage(container, events);
}
