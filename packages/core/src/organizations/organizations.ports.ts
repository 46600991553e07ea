import type { ApiKeyScope, MemberRole } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import type { ClientId, Id, OrganizationId } from '../shared/ids.ts';
import type { OutgoingMessages } from '../shared/outgoing-messages.ts';
import type { Page, PageQuery } from '../shared/page.ts';
import type { Outbox } from '../shared/unit-of-work.ts';
import type { Organization } from './organization.ts';

export interface OrganizationRepository {
  /** Locks the row: work on one organization's billing is serialized by taking it first. */
  lock(organizationId: OrganizationId): Promise<Organization | undefined>;
  find(organizationId: OrganizationId): Promise<Organization | undefined>;
  /** False when slug or external id are taken. */
  insert(organization: Organization): Promise<boolean>;
  update(organizationId: OrganizationId, changes: Partial<OrganizationChanges>): Promise<Organization>;
}

export type OrganizationChanges = Pick<
  Organization,
  | 'name'
  | 'email'
  | 'timeZone'
  | 'status'
  | 'closedAt'
  | 'suspendedAt'
  | 'suspendedReason'
  | 'stripeCustomerId'
  | 'families'
  | 'adminsSeeMoney'
  | 'adminsMayBuy'
  | 'autoBuySeatsMax'
>;

/** Finding organizations happens before a tenant is known. */
export interface OrganizationDirectory {
  /** By public id, slug or external id. */
  findByReference(reference: string): Promise<Organization | undefined>;
  findByExternalId(externalId: string): Promise<Organization | undefined>;
}

export interface Member {
  organizationId: OrganizationId;
  userId: string;
  role: MemberRole;
  joinedAt: Date;
}
export interface MemberWithPerson extends Member {
  name: string;
  email: string;
}

export interface MemberRepository {
  list(organizationId: OrganizationId): Promise<MemberWithPerson[]>;
  find(organizationId: OrganizationId, userId: string): Promise<MemberWithPerson | undefined>;
  insert(member: Member): Promise<void>;
  changeRole(organizationId: OrganizationId, userId: string, role: MemberRole): Promise<void>;
  remove(organizationId: OrganizationId, userId: string): Promise<void>;
}

export interface Invitation {
  id: Id<'invitation'>;
  organizationId: OrganizationId;
  /** Normalized as sign-up normalizes addresses. */
  email: string;
  role: MemberRole;
  tokenHash: Uint8Array;
  invitedBy: string;
  expiresAt: Date;
  acceptedAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
}

export interface InvitationRepository {
  list(organizationId: OrganizationId): Promise<Invitation[]>;
  /** Locks the row, so that parallel acceptances see each other. */
  lockByTokenHash(organizationId: OrganizationId, tokenHash: Uint8Array): Promise<Invitation | undefined>;
  find(organizationId: OrganizationId, id: Id<'invitation'>): Promise<Invitation | undefined>;
  insert(invitation: Invitation): Promise<void>;
  markAccepted(organizationId: OrganizationId, id: Id<'invitation'>, at: Date): Promise<void>;
  markRevoked(organizationId: OrganizationId, id: Id<'invitation'>, at: Date): Promise<void>;
}

export interface Client {
  id: ClientId;
  organizationId: OrganizationId;
  externalId: string | null;
  name: string;
  status: 'active' | 'paused' | 'archived';
  createdAt: Date;
  archivedAt: Date | null;
}

export interface ClientRepository {
  list(
    organizationId: OrganizationId,
    filter: PageQuery & { q?: string | undefined; status?: Client['status'] | undefined },
  ): Promise<Page<Client>>;
  find(organizationId: OrganizationId, clientId: ClientId): Promise<Client | undefined>;
  findByExternalId(organizationId: OrganizationId, externalId: string): Promise<Client | undefined>;
  insert(client: Client): Promise<void>;
  setStatus(
    organizationId: OrganizationId,
    clientId: ClientId,
    change: Pick<Client, 'status' | 'archivedAt'>,
  ): Promise<void>;
  countActive(organizationId: OrganizationId): Promise<number>;
}

/** How many clients there were, from when on; kept beside the levels that are reported. */
export interface ClientCounts {
  append(
    organizationId: OrganizationId,
    change: { id: string; activeClientCount: number; at: Date },
  ): Promise<void>;
}

export interface ApiKey {
  id: Id<'apiKey'>;
  /** null = platform key. */
  organizationId: OrganizationId | null;
  name: string;
  keyHash: Uint8Array;
  prefix: string;
  scopes: ApiKeyScope[];
  createdBy: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

export interface ApiKeyRepository {
  list(organizationId: OrganizationId): Promise<ApiKey[]>;
  find(organizationId: OrganizationId, id: Id<'apiKey'>): Promise<ApiKey | undefined>;
  insert(key: ApiKey): Promise<void>;
  revoke(organizationId: OrganizationId, id: Id<'apiKey'>, at: Date): Promise<void>;
  /** Ends what somebody made; answers how many keys that were. */
  revokeMadeBy(organizationId: OrganizationId, userId: string, at: Date): Promise<number>;
}

export interface VoiceConfig {
  aiAgentId: string | null;
  translationEnabled: boolean;
  translationFrom: string | null;
  translationTo: string | null;
  updatedAt: Date | null;
}

export interface VoiceConfigRepository {
  get(organizationId: OrganizationId): Promise<VoiceConfig>;
  /** False = what is stored is not from `expected` (null = nothing was stored); without it the last one counts. */
  put(
    organizationId: OrganizationId,
    config: VoiceConfig,
    write: { updatedBy: string; expected: Date | null | undefined },
  ): Promise<boolean>;
}

/** What an organization still owes or has running; closing asks. */
export interface ObligationRepository {
  liveSubscriptionCount(organizationId: OrganizationId): Promise<number>;
  openInvoiceCount(organizationId: OrganizationId): Promise<number>;
  /** Whether any live subscription's access is not full (R13): then nothing new is sold. */
  isAccessNarrowed(organizationId: OrganizationId): Promise<boolean>;
}

/** Mail leaves through a table that commits with the change; `dedupeKey` makes the same mail one row. */
export interface MailOutbox {
  add(mail: MailMessage): Promise<void>;
}
export interface MailMessage {
  organizationId: OrganizationId | null;
  to: string;
  template: string;
  subject: string;
  text: string;
  html: string;
  dedupeKey: string;
  createdAt: Date;
}

/** The repositories that use-cases of this module need in one transaction. */
export interface OrganizationTx {
  organizations: OrganizationRepository;
  members: MemberRepository;
  invitations: InvitationRepository;
  clients: ClientRepository;
  clientCounts: ClientCounts;
  apiKeys: ApiKeyRepository;
  voiceConfigs: VoiceConfigRepository;
  obligations: ObligationRepository;
  mail: MailOutbox;
  audit: AuditLog;
  outbox: Outbox;
  messages: OutgoingMessages;
}
