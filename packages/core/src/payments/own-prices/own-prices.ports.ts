import type { Id, OrganizationId } from '../../shared/ids.ts';
import type { OwnPrice } from './own-price.ts';

export interface OwnPriceRepository {
  /** All there have been, ended ones too, oldest first. */
  list(organizationId: OrganizationId): Promise<OwnPrice[]>;
  insert(organizationId: OrganizationId, own: OwnPrice): Promise<void>;
  /** False when it was ended already. */
  end(organizationId: OrganizationId, id: Id<'override'>, at: Date): Promise<boolean>;
}

/** A limit, a price of usage or an own price that an organization has or had. */
export interface Agreement {
  id: Id<'override'>;
  sets: 'limit' | 'usage_price' | 'own_price';
  subject: string;
  /** null = unlimited. */
  value: string | null;
  currency: string | null;
  reason: string;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date | null;
  endedAt: Date | null;
}

export interface AgreementHistory {
  /** Newest first; those of the last years, at most 200. */
  list(organizationId: OrganizationId): Promise<Agreement[]>;
}
