import type { OrganizationId } from '../../shared/ids.ts';
import type { BillingDetailsInput } from './details.schemas.ts';

/** Who is billed, as it stands on documents. */
export interface BillingDetails extends BillingDetailsInput {
  /** Counts the changes; names each of them toward Stripe. */
  revision: number;
  changedAt: Date;
}

export interface BillingDetailsRepository {
  find(organizationId: OrganizationId): Promise<BillingDetails | null>;
  save(organizationId: OrganizationId, details: BillingDetails): Promise<void>;
}
