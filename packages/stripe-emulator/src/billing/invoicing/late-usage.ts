import type { InvoiceRow, LineRow, SubscriptionItemRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { MeterEventRow } from '../../store/session-rows.ts';
import type { World } from '../../world.ts';
import { itemLines } from './lines.ts';
import { storeDraft } from './store-draft.ts';
import { usageOf } from './usage.ts';

/** Usage (or its cancellation) that arrives while a draft still waits joins the lines of its period. */
export function updateDrafts(world: World, event: MeterEventRow): void {
  const drafts = world.store.ownedBy('invoice', event.customer).filter((row) => row.status === 'draft');
  for (const draft of drafts) updateDraft(world, draft, event);
}

function updateDraft(world: World, draft: InvoiceRow, event: MeterEventRow): void {
  const id = draft.parent?.subscription_details.subscription;
  const subscription = id === undefined ? undefined : world.store.get('subscription', id);
  if (!subscription) return;
  const isOf = (line: LineRow, item: SubscriptionItemRow) => {
    const details = line.parent.subscription_item_details;
    const isCovered = line.period.start <= event.timestamp && event.timestamp < line.period.end;
    return details?.subscription_item === item.id && !details.proration && isCovered;
  };
  let lines = draft.lines.data;
  for (const item of subscription.items.data) {
    const old = lines.filter((line) => isOf(line, item));
    if (item.price.recurring?.meter !== event.meter || old.length === 0) continue;
    const fresh = ratedAgain(world, subscription, { item, old }).map((line) => ({
      ...line,
      invoice: draft.id,
    }));
    const at = lines.findIndex((line) => isOf(line, item));
    lines = lines.filter((line) => !old.includes(line)).toSpliced(at, 0, ...fresh);
  }
  if (lines !== draft.lines.data) storeDraft(world, draft, { lines: { ...draft.lines, data: lines } });
}

/** The same period's lines for all of its usage; a line that stays keeps its id. */
function ratedAgain(
  world: World,
  subscription: SubscriptionRow,
  { item, old }: { item: SubscriptionItemRow; old: LineRow[] },
): LineRow[] {
  const [first] = old;
  if (!first) return [];
  const price = world.store.get('price', first.pricing?.price_details.price ?? '') ?? item.price;
  const of = { customer: subscription.customer, meter: price.recurring?.meter ?? '' };
  const quantity = usageOf(world, of, first.period);
  return itemLines(world, subscription, { item: { ...item, price }, period: first.period, quantity }).map(
    (line, index) => ({ ...line, id: old[index]?.id ?? line.id }),
  );
}
