import type { OrganizationId } from '@metergate/core';

/** Totals that moved since somebody last looked; bounded by organizations × features of the catalogue. */
export class TouchedTotals {
  #features = new Map<OrganizationId, Set<string>>();
  #listener: ((organizationId: OrganizationId) => void) | undefined;

  /** Hears of every addition; must be quick, because usage is being accepted. */
  onAdd(listener: (organizationId: OrganizationId) => void): void {
    this.#listener = listener;
  }

  add(organizationId: OrganizationId, feature: string): void {
    const features = this.#features.get(organizationId);
    if (features === undefined) this.#features.set(organizationId, new Set([feature]));
    else features.add(feature);
    this.#listener?.(organizationId);
  }

  /** Nothing moved, but the thresholds may be reached all the same. */
  lookAt(organizationId: OrganizationId, features: Iterable<string>): void {
    const known = this.#features.get(organizationId) ?? new Set();
    for (const feature of features) known.add(feature);
    this.#features.set(organizationId, known);
  }

  take(): ReadonlyMap<OrganizationId, ReadonlySet<string>> {
    const taken = this.#features;
    this.#features = new Map();
    return taken;
  }
}
