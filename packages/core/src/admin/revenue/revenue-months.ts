import type { OrganizationId, SubscriptionId } from '../../shared/ids.ts';

/** One subscription's amount per month from an instant on, of any organization. */
export interface LevelFact {
  organizationId: OrganizationId;
  subscriptionId: SubscriptionId;
  at: Date;
  family: string;
  plan: string;
  currency: string;
  amountMinor: bigint;
}

export interface RevenueMonth {
  start: Date;
  newMinor: bigint;
  expansionMinor: bigint;
  reactivationMinor: bigint;
  /** Losses are negative, so that the five parts sum to the difference of the ends. */
  contractionMinor: bigint;
  churnMinor: bigint;
  endMinor: bigint;
  payingAtStart: number;
  payingAtEnd: number;
  churnedOrganizations: number;
}

interface Standing {
  amounts: Map<OrganizationId, bigint>;
}

/**
 * Movements of monthly recurring revenue of one currency between neighbouring boundaries, by organization: several
 * changes of one organization within a month are one movement. Who paid at any time before and pays again is a
 * reactivation, not new. Levels of other currencies are not looked at.
 */
export function revenueMonths(
  levels: readonly LevelFact[],
  currency: string,
  boundaries: readonly Date[],
): RevenueMonth[] {
  const own = levels.filter((level) => level.currency === currency);
  const firstPaid = firstPaidAt(own);
  return boundaries.slice(1).map((end, index) => {
    const start = boundaries[index] ?? end;
    const before = standingAt(levels, currency, start);
    const after = standingAt(levels, currency, end);
    return monthOf({ start, before, after, firstPaid });
  });
}

/** Amount per paying organization just before an instant; organizations that pay nothing are absent. */
export function standingAt(levels: readonly LevelFact[], currency: string, at: Date): Standing {
  const latest = new Map<SubscriptionId, LevelFact>();
  for (const level of levels) {
    const known = latest.get(level.subscriptionId);
    if (level.at < at && (known === undefined || known.at <= level.at)) {
      latest.set(level.subscriptionId, level);
    }
  }
  const amounts = new Map<OrganizationId, bigint>();
  for (const { organizationId, amountMinor, currency: own } of latest.values()) {
    if (own !== currency || amountMinor === 0n) continue;
    amounts.set(organizationId, (amounts.get(organizationId) ?? 0n) + amountMinor);
  }
  return { amounts };
}

/** Net and gross retention of those who paid at the beginning, in hundredths of a percent; null = nobody paid then. */
export function retention(before: Standing, after: Standing): { netBp: number; grossBp: number } | null {
  const base = sum(before);
  if (base === 0n) return null;
  let net = 0n;
  let gross = 0n;
  for (const [organizationId, then] of before.amounts) {
    const now = after.amounts.get(organizationId) ?? 0n;
    net += now;
    gross += now < then ? now : then;
  }
  const basisPoints = (part: bigint) => Number((part * 10_000n) / base);
  return { netBp: basisPoints(net), grossBp: basisPoints(gross) };
}

export function sum({ amounts }: Standing): bigint {
  return [...amounts.values()].reduce((total, amount) => total + amount, 0n);
}

function monthOf(input: {
  start: Date;
  before: Standing;
  after: Standing;
  firstPaid: ReadonlyMap<OrganizationId, Date>;
}): RevenueMonth {
  const { start, before, after, firstPaid } = input;
  const month: RevenueMonth = {
    start,
    newMinor: 0n,
    expansionMinor: 0n,
    reactivationMinor: 0n,
    contractionMinor: 0n,
    churnMinor: 0n,
    endMinor: sum(after),
    payingAtStart: before.amounts.size,
    payingAtEnd: after.amounts.size,
    churnedOrganizations: 0,
  };
  for (const organizationId of new Set([...before.amounts.keys(), ...after.amounts.keys()])) {
    const was = before.amounts.get(organizationId) ?? 0n;
    const is = after.amounts.get(organizationId) ?? 0n;
    const hasPaidBefore = (firstPaid.get(organizationId) ?? start) < start;
    month[movementOf({ was, is, hasPaidBefore })] += is - was;
    if (is === 0n) month.churnedOrganizations += 1;
  }
  return month;
}

type Movement = 'newMinor' | 'expansionMinor' | 'reactivationMinor' | 'contractionMinor' | 'churnMinor';

function movementOf({
  was,
  is,
  hasPaidBefore,
}: {
  was: bigint;
  is: bigint;
  hasPaidBefore: boolean;
}): Movement {
  if (was === 0n) return hasPaidBefore ? 'reactivationMinor' : 'newMinor';
  if (is === 0n) return 'churnMinor';
  return is > was ? 'expansionMinor' : 'contractionMinor';
}

function firstPaidAt(levels: readonly LevelFact[]): Map<OrganizationId, Date> {
  const first = new Map<OrganizationId, Date>();
  for (const { organizationId, at, amountMinor } of levels) {
    const known = first.get(organizationId);
    if (amountMinor > 0n && (known === undefined || at < known)) first.set(organizationId, at);
  }
  return first;
}

/** First instants of the last `count` calendar months (UTC) and of the running one, then `now` itself. */
export function monthBoundaries(now: Date, count: number): Date[] {
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const starts = Array.from(
    { length: count },
    (_, index) => new Date(Date.UTC(year, month - (count - 1 - index), 1)),
  );
  return [...starts, now];
}
