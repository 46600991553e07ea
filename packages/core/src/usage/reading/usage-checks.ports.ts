import type { ClientId, OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';

export interface UsageFigures {
  count: number;
  total: Quantity;
}

/** The sender's figures of a span beside ours, as they were when they were compared. */
export interface StoredUsageCheck {
  /** Or the feature whose level was compared. */
  meter: string;
  /** null = all clients. */
  clientId: ClientId | null;
  /** Of a level both ends are its instant. */
  span: Period;
  theirs: UsageFigures;
  ours: UsageFigures;
  checkedAt: Date;
}

export interface UsageChecks {
  /** Takes the place of an earlier comparison of the same span. Comparisons made before `forgetBefore` go. */
  put(organizationId: OrganizationId, check: StoredUsageCheck, forgetBefore: Date): Promise<void>;
  /** Those that differ first, then the latest first. */
  list(organizationId: OrganizationId, countMax: number): Promise<StoredUsageCheck[]>;
}
