import type { MailOutbox } from '../organizations/organizations.ports.ts';
import type { AuditLog } from '../shared/audit.ts';
import type { Id, OrganizationId } from '../shared/ids.ts';
import type { MessageType } from '../shared/outgoing-messages.ts';
import type { WebhookOwner } from './webhook-owner.ts';

export interface WebhookEndpoint {
  id: Id<'webhookEndpoint'>;
  owner: WebhookOwner;
  url: string;
  description: string;
  /** Empty = every type. */
  types: readonly MessageType[];
  secretCipher: string;
  /** Signs beside the new one until then. */
  previousSecret: { cipher: string; until: Date } | null;
  disabled: { at: Date; reason: 'manual' | 'failing' } | null;
  /** First failure since the last success. */
  failingSince: Date | null;
  createdAt: Date;
}

export interface WebhookEndpointRepository {
  /** Oldest first. */
  list(owner: WebhookOwner): Promise<WebhookEndpoint[]>;
  /** Locks the row until the transaction ends. */
  lock(owner: WebhookOwner, id: Id<'webhookEndpoint'>): Promise<WebhookEndpoint | undefined>;
  find(owner: WebhookOwner, id: Id<'webhookEndpoint'>): Promise<WebhookEndpoint | undefined>;
  insert(endpoint: WebhookEndpoint): Promise<void>;
  /** Everything but id, owner and creation. */
  update(endpoint: WebhookEndpoint): Promise<void>;
  /** Its deliveries go with it. */
  remove(owner: WebhookOwner, id: Id<'webhookEndpoint'>): Promise<void>;
}

export interface WebhookDelivery {
  id: Id<'webhookDelivery'>;
  owner: WebhookOwner;
  endpointId: Id<'webhookEndpoint'>;
  /** Whom the message is about; the platform's own for a test message of the platform. */
  aboutOrganizationId: OrganizationId;
  messageId: Id<'webhookMessage'>;
  type: string;
  status: 'pending' | 'delivered' | 'failed';
  attempts: number;
  nextAttemptAt: Date;
  responseStatus: number | null;
  lastError: string | null;
  createdAt: Date;
  deliveredAt: Date | null;
}

export interface WebhookDeliveryRepository {
  find(owner: WebhookOwner, id: Id<'webhookDelivery'>): Promise<WebhookDelivery | undefined>;
  /** Makes it due now, with three new days of attempts. */
  requeue(owner: WebhookOwner, id: Id<'webhookDelivery'>, at: Date): Promise<void>;
  /**
   * Makes everything due that happened since then and was not delivered: failed deliveries, and messages that were
   * never sent because the endpoint was disabled. Answers how many.
   */
  requeueUndelivered(endpoint: WebhookEndpoint, span: { since: Date; at: Date }): Promise<number>;
  /** What is still waiting will not be tried again. */
  giveUpPending(endpoint: WebhookEndpoint): Promise<number>;
  /** A message for this endpoint alone, due now. */
  insertTest(
    endpoint: WebhookEndpoint,
    message: { id: Id<'webhookMessage'>; deliveryId: Id<'webhookDelivery'>; body: string; at: Date },
  ): Promise<void>;
}

export interface WebhookTx {
  webhookEndpoints: WebhookEndpointRepository;
  webhookDeliveries: WebhookDeliveryRepository;
  mail: MailOutbox;
  audit: AuditLog;
}

/** One transaction as an organization, or as the platform. */
export interface WebhookUnitOfWork {
  run<T>(owner: WebhookOwner, work: (tx: WebhookTx) => Promise<T>): Promise<T>;
}

/** Makes secrets and keeps them unreadable in the database. */
export interface WebhookSecrets {
  /** `whsec_` and 32 random bytes in base64, the form of the Standard Webhooks. */
  create(): string;
  seal(secret: string): string;
}

/** Whether an address lies in the public internet as far as it can be told without calling it. */
export interface EndpointAddresses {
  isPublic(url: string): Promise<boolean>;
  /** Tests may use http to this machine. */
  allowsLoopback: boolean;
}
