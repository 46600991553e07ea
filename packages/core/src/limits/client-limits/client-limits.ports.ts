import type {
  Client,
  ClientRepository,
  OrganizationRepository,
} from '../../organizations/organizations.ports.ts';
import type { AuditLog } from '../../shared/audit.ts';
import type { ClientId, OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';

/** What an organization allows one of its clients of a feature, in the window of the feature's own limit. */
export interface ClientLimit {
  clientId: ClientId;
  feature: string;
  limit: Quantity;
  setBy: string;
  setAt: Date;
}

export interface ClientLimitFilter {
  clientId?: ClientId | undefined;
  feature?: string | undefined;
}

export interface ClientLimitRepository {
  /** With the names of the clients, by name; at most `countMax`. */
  list(
    organizationId: OrganizationId,
    filter: ClientLimitFilter & { countMax: number },
  ): Promise<(ClientLimit & Pick<Client, 'name' | 'externalId'>)[]>;
  find(
    organizationId: OrganizationId,
    of: { clientId: ClientId; feature: string },
  ): Promise<ClientLimit | undefined>;
  put(organizationId: OrganizationId, limit: ClientLimit): Promise<void>;
  remove(organizationId: OrganizationId, of: { clientId: ClientId; feature: string }): Promise<void>;
}

export interface ClientLimitTx {
  organizations: Pick<OrganizationRepository, 'lock'>;
  clients: Pick<ClientRepository, 'find' | 'findByExternalId'>;
  clientLimits: ClientLimitRepository;
  audit: AuditLog;
}
