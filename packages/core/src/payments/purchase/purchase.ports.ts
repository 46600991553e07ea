import type { ProductFamily } from '../../catalog/product-family.ts';
import type { CatalogObjectRepository } from '../../catalog/publish-catalog.ports.ts';
import type { PublishDeps } from '../../catalog/publish-catalog.ts';
import type { ClientRepository, OrganizationRepository } from '../../organizations/organizations.ports.ts';
import type { Clock } from '../../shared/clock.ts';
import type { IdSource, OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { QuoteRepository } from '../change/quotes.ports.ts';
import type { BillingDetailsRepository } from '../details/details.ports.ts';
import type { MirrorTx } from '../mirror.ports.ts';
import type { PaymentGateway } from '../payment-gateway.ports.ts';

/**
 * One purchase or change of a family at a time: whoever holds the claim may talk to Stripe about it. A claim whose
 * holder died is free again after its lease.
 */
export interface PurchaseClaimRepository {
  /** The number of this attempt, or null while somebody else holds the family. */
  claim(
    organizationId: OrganizationId,
    claim: { family: string; holder: string; now: Date; leaseSeconds: number },
  ): Promise<number | null>;
  /** `isOpen`: nobody knows how the attempt ended, so the next one goes on with its number. */
  release(
    organizationId: OrganizationId,
    claim: { family: string; holder: string; isOpen: boolean },
  ): Promise<void>;
}

/** Present levels of allocated features, as the platform reported them. */
export interface LevelRepository {
  levels(organizationId: OrganizationId): Promise<ReadonlyMap<string, string>>;
}

/** What buying and changing subscriptions needs inside one transaction. */
export interface PurchaseTx extends MirrorTx {
  billingDetails: BillingDetailsRepository;
  clients: Pick<ClientRepository, 'countActive'>;
  organizations: OrganizationRepository;
  catalogObjects: CatalogObjectRepository;
  purchaseClaims: PurchaseClaimRepository;
  levels: LevelRepository;
  quotes: QuoteRepository;
}

export interface PurchaseDeps {
  unitOfWork: UnitOfWork<PurchaseTx>;
  gateway: PaymentGateway;
  clock: Clock;
  ids: IdSource;
  families: readonly ProductFamily[];
  /** Prices at Stripe belong to the platform, not to an organization's transaction. */
  publishing: Pick<PublishDeps, 'platformUnitOfWork' | 'hash'>;
  /** Without a trailing slash; every return address starts with it. */
  publicUrl: string;
  /** Where people write for plans made to measure. */
  salesEmail: string;
}
