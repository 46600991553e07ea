import type { Meter } from '../../catalog/meter.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';

/** A meter as one organization has it. */
export interface MeterTerms {
  readonly meter: Meter;
  readonly family: string;
  /** The running period of the limit, or of the family when nothing limits it. */
  readonly period: Period;
  readonly previousPeriod: Period;
  /** null = unlimited or no plan. */
  readonly included: Quantity | null;
  readonly onLimit: 'block' | 'overage' | 'warn' | null;
  /** False while nothing may be used: no plan, paused, suspended, closed. */
  readonly isServed: boolean;
}

export interface UsageTerms {
  readonly timeZone: string;
  readonly meters: readonly MeterTerms[];
}

export interface UsageTermsReader {
  termsOf(organizationId: OrganizationId, at: Date): Promise<UsageTerms>;
}
