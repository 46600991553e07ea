import type { Id, OrganizationId } from '../../shared/ids.ts';
import type { QuoteOutcome, QuoteTarget } from './quote.ts';

export interface QuoteRecord {
  id: Id<'quote'>;
  family: string;
  target: QuoteTarget;
  outcome: QuoteOutcome;
  /** The charge now; accepting charges exactly this or is refused. */
  dueNowMinor: bigint;
  currency: string;
  /** The instant the proration was calculated for; the change uses the same one. */
  prorationAt: Date;
  expiresAt: Date;
  acceptedAt: Date | null;
  createdAt: Date;
}

export interface QuoteRepository {
  insert(organizationId: OrganizationId, quote: QuoteRecord): Promise<void>;
  find(organizationId: OrganizationId, id: Id<'quote'>): Promise<QuoteRecord | null>;
  markAccepted(organizationId: OrganizationId, id: Id<'quote'>, at: Date): Promise<void>;
}
