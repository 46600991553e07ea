import type { OrganizationId, SubscriptionId } from '../../shared/ids.ts';
import type { RevenueView } from './revenue.schemas.ts';
import {
  type LevelFact,
  monthBoundaries,
  type RevenueMonth,
  retention,
  revenueMonths,
  standingAt,
  sum,
} from './revenue-months.ts';

/** A subscription that counts, beside what its last regular invoice charged for a whole period. */
export interface InvoicedFact {
  subscriptionId: SubscriptionId;
  organizationId: OrganizationId;
  slug: string;
  name: string;
  plan: string;
  status: string;
  interval: 'month' | 'year';
  currency: string;
  /** null = no regular invoice yet. */
  recurringMinor: bigint | null;
  invoiceNumber: string | null;
}

export interface RevenueFacts {
  levels: LevelFact[];
  invoiced: InvoicedFact[];
  /** Usage lines issued in the running month. */
  usage: { currency: string; amountMinor: bigint }[];
  checkouts: { begun: number; completed: number };
  firstPaid: { at: Date; name: string; slug: string } | null;
  disputes: { weekStart: Date; count: number }[];
}

const differencesShown = 20;

/** Revenue per currency over the last `months` calendar months; currencies are never added up. */
export function revenueView(
  facts: RevenueFacts,
  { now, months }: { now: Date; months: number },
): RevenueView {
  const currencies = [...new Set(facts.levels.map(({ currency }) => currency))];
  const { firstPaid } = facts;
  return {
    asOf: now.toISOString(),
    currencies: currencies
      .map((currency) => currencyView(facts, currency, { now, months }))
      .toSorted((left, right) => Number(BigInt(right.mrrMinor) - BigInt(left.mrrMinor))),
    checkouts: facts.checkouts,
    firstPaid:
      firstPaid === null
        ? null
        : { at: firstPaid.at.toISOString(), organization: firstPaid.name, slug: firstPaid.slug },
    disputes: facts.disputes.map(({ weekStart, count }) => ({ weekStart: weekStart.toISOString(), count })),
  };
}

type CurrencyView = RevenueView['currencies'][number];

function currencyView(
  facts: RevenueFacts,
  currency: string,
  { now, months }: { now: Date; months: number },
): CurrencyView {
  const { levels } = facts;
  const boundaries = monthBoundaries(now, months);
  const moved = revenueMonths(levels, currency, boundaries);
  const present = standingAt(levels, currency, now);
  const kept = retention(standingAt(levels, currency, boundaries[0] ?? now), present);
  const mrr = sum(present);
  const paying = present.amounts.size;
  const running = moved.at(-1);
  const used = facts.usage.find((one) => one.currency === currency)?.amountMinor ?? 0n;
  return {
    currency,
    mrrMinor: mrr.toString(),
    arrMinor: (mrr * 12n).toString(),
    netNewMinor: (running === undefined ? 0n : netOf(running)).toString(),
    payingOrganizations: paying,
    averageMinor: paying === 0 ? null : (mrr / BigInt(paying)).toString(),
    atRiskMinor: atRisk(facts, currency).toString(),
    usageMinor: used.toString(),
    netRetentionBp: kept?.netBp ?? null,
    grossRetentionBp: kept?.grossBp ?? null,
    churn: churnOf(moved.at(-2)),
    months: moved.map((month, index) => monthView(month, index === moved.length - 1)),
    plans: plansOf(levels, currency),
    reconciliation: reconcile(facts, currency),
  };
}

function churnOf(closed: RevenueMonth | undefined): CurrencyView['churn'] {
  if (closed === undefined || closed.payingAtStart === 0) return null;
  return { left: closed.churnedOrganizations, of: closed.payingAtStart };
}

function netOf(month: RevenueMonth): bigint {
  const { newMinor, expansionMinor, reactivationMinor, contractionMinor, churnMinor } = month;
  return newMinor + expansionMinor + reactivationMinor + contractionMinor + churnMinor;
}

function monthView(month: RevenueMonth, isRunning: boolean): CurrencyView['months'][number] {
  return {
    start: month.start.toISOString(),
    isRunning,
    newMinor: month.newMinor.toString(),
    expansionMinor: month.expansionMinor.toString(),
    reactivationMinor: month.reactivationMinor.toString(),
    contractionMinor: month.contractionMinor.toString(),
    churnMinor: month.churnMinor.toString(),
    endMinor: month.endMinor.toString(),
    payingAtEnd: month.payingAtEnd,
  };
}

function presentLevels(levels: readonly LevelFact[], currency: string): LevelFact[] {
  const latest = new Map<SubscriptionId, LevelFact>();
  for (const level of levels) {
    const known = latest.get(level.subscriptionId);
    if (known === undefined || known.at <= level.at) latest.set(level.subscriptionId, level);
  }
  return [...latest.values()].filter((one) => one.currency === currency && one.amountMinor !== 0n);
}

function plansOf(levels: readonly LevelFact[], currency: string): CurrencyView['plans'] {
  const plans = new Map<string, { family: string; plan: string; subscriptions: number; amount: bigint }>();
  for (const { family, plan, amountMinor } of presentLevels(levels, currency)) {
    const key = `${family}/${plan}`;
    const known = plans.get(key) ?? { family, plan, subscriptions: 0, amount: 0n };
    const { subscriptions, amount } = known;
    plans.set(key, { ...known, subscriptions: subscriptions + 1, amount: amount + amountMinor });
  }
  return [...plans.values()]
    .toSorted((left, right) => Number(right.amount - left.amount))
    .map(({ amount, ...plan }) => ({ ...plan, amountMinor: amount.toString() }));
}

function atRisk({ levels, invoiced }: RevenueFacts, currency: string): bigint {
  const late = new Set(
    invoiced.filter(({ status }) => status === 'past_due').map((one) => one.subscriptionId),
  );
  const risky = presentLevels(levels, currency).filter(({ subscriptionId }) => late.has(subscriptionId));
  return risky.reduce((total, { amountMinor }) => total + amountMinor, 0n);
}

/** Where revenue and the last regular invoice disagree, the plan changed since, a price is discounted, or one is wrong. */
function reconcile({ levels, invoiced }: RevenueFacts, currency: string): CurrencyView['reconciliation'] {
  const present = new Map(presentLevels(levels, currency).map((level) => [level.subscriptionId, level]));
  const rows = invoiced
    .filter((fact) => fact.currency === currency)
    .map((fact) => ({
      fact,
      mrr: present.get(fact.subscriptionId)?.amountMinor ?? 0n,
      perMonth: fact.recurringMinor === null ? null : perMonth(fact.recurringMinor, fact.interval),
    }));
  const total = (values: (bigint | null)[]) => values.reduce<bigint>((all, one) => all + (one ?? 0n), 0n);
  const different = rows.filter(({ mrr, perMonth: charged }) => mrr !== (charged ?? 0n));
  return {
    mrrMinor: total(rows.map(({ mrr }) => mrr)).toString(),
    invoicedMinor: total(rows.map(({ perMonth: charged }) => charged)).toString(),
    differenceCount: different.length,
    differences: different.slice(0, differencesShown).map(({ fact, mrr, perMonth: charged }) => ({
      organization: { slug: fact.slug, name: fact.name },
      plan: fact.plan,
      mrrMinor: mrr.toString(),
      invoicedMinor: charged?.toString() ?? null,
      invoiceNumber: fact.invoiceNumber,
    })),
  };
}

/** A year as twelve months, half away from zero, as revenue itself is counted. */
function perMonth(amountMinor: bigint, interval: 'month' | 'year'): bigint {
  return interval === 'year' ? (amountMinor * 2n + 12n) / 24n : amountMinor;
}
