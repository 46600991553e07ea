import type { OrganizationId } from '@metergate/core';
import type { PastUse } from '@metergate/core/limits/alerts/moved-totals';
import { bucketAt } from '@metergate/core/shared/time/usage-bucket';

/** What moved of one organization. */
export interface Touched {
  features: ReadonlySet<string>;
  /** When use happened that arrived later: of each quarter of an hour the first and the last. */
  past: readonly PastUse[];
}

type AfterLook = () => Promise<void>;

/** A window of a limit begins at most once in a quarter of an hour, so both ends name every window in between. */
interface PastQuarter {
  first: PastUse;
  last: PastUse;
}

interface Touching {
  features: Set<string>;
  quarters: Map<string, PastQuarter>;
}

/** Totals that moved since somebody last looked; bounded by organizations × features of the catalogue. */
export class TouchedTotals {
  #touched = new Map<OrganizationId, Touching>();
  #afterLook: AfterLook[] = [];
  #listener: ((organizationId: OrganizationId) => void) | undefined;

  /** Hears of every addition; must be quick, because usage is being accepted. */
  onAdd(listener: (organizationId: OrganizationId) => void): void {
    this.#listener = listener;
  }

  add(organizationId: OrganizationId, feature: string): void {
    this.#of(organizationId).features.add(feature);
    this.#listener?.(organizationId);
  }

  /** What an outage kept: the window it belongs to may have ended meanwhile. */
  addPast(organizationId: OrganizationId, use: PastUse): void {
    this.#remember(organizationId, use);
    this.add(organizationId, use.feature);
  }

  /** Nothing moved, but the thresholds may be reached all the same. */
  lookAt(organizationId: OrganizationId, features: Iterable<string>, past: readonly PastUse[] = []): void {
    const known = this.#of(organizationId);
    for (const feature of features) known.features.add(feature);
    for (const use of past) this.#remember(organizationId, use);
  }

  /** Runs once somebody has looked at everything that was added before. */
  afterLook(then: AfterLook): void {
    this.#afterLook.push(then);
  }

  /** Whoever takes has to look at `totals`, and then to run `after`, or to hand both back. */
  take(): { totals: ReadonlyMap<OrganizationId, Touched>; after: readonly AfterLook[] } {
    const [taken, after] = [this.#touched, this.#afterLook];
    this.#touched = new Map();
    this.#afterLook = [];
    const totals = new Map(
      [...taken].map(([organizationId, { features, quarters }]) => {
        const past = [...quarters.values()].flatMap(({ first, last }) => [first, last]);
        return [organizationId, { features, past }];
      }),
    );
    return { totals, after };
  }

  #remember(organizationId: OrganizationId, use: PastUse): void {
    const { quarters } = this.#of(organizationId);
    const key = `${bucketAt(use.at).start.getTime()} ${use.feature}`;
    const { first = use, last = use } = quarters.get(key) ?? {};
    quarters.set(key, { first: use.at < first.at ? use : first, last: use.at > last.at ? use : last });
  }

  #of(organizationId: OrganizationId): Touching {
    const known = this.#touched.get(organizationId);
    if (known !== undefined) return known;
    const made = { features: new Set<string>(), quarters: new Map<string, PastQuarter>() };
    this.#touched.set(organizationId, made);
    return made;
  }
}
