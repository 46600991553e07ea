import type {
  ClientRepository,
  MailOutbox,
  OrganizationRepository,
} from '../../organizations/organizations.ports.ts';
import type { AuditLog } from '../../shared/audit.ts';
import type { ClientId, OrganizationId } from '../../shared/ids.ts';
import type { OutgoingMessages } from '../../shared/outgoing-messages.ts';
import type { Budget } from './budget.ts';

/** A budget as it is shown, with the name of its client and the last share of it that was reached. */
export interface ListedBudget extends Budget {
  clientName: string | null;
  lastAlert: { threshold: number; windowStart: Date; firedAt: Date } | null;
}

export interface FiredBudgetAlert {
  clientId: ClientId | null;
  windowStart: Date;
  threshold: number;
  costMinor: bigint;
  amountMinor: bigint;
  currency: string;
  firedAt: Date;
}

export interface BudgetRepository {
  /** The organization's own first, then by the client's name. */
  list(organizationId: OrganizationId): Promise<ListedBudget[]>;
  find(organizationId: OrganizationId, clientId: ClientId | null): Promise<Budget | undefined>;
  /** The largest amount that one of the clients has; 0 without any. */
  largestOfClients(organizationId: OrganizationId): Promise<bigint>;
  put(organizationId: OrganizationId, budget: Budget & { setBy: string; setAt: Date }): Promise<void>;
  remove(organizationId: OrganizationId, clientId: ClientId | null): Promise<void>;
  /** False when it was recorded before: one alert per threshold and window, whoever notices it. */
  recordAlert(organizationId: OrganizationId, alert: FiredBudgetAlert): Promise<boolean>;
}

export type BudgetAlertKey = Pick<FiredBudgetAlert, 'clientId' | 'windowStart' | 'threshold'>;

/** Read before a transaction is opened: a budget that is reached stays so, and was told nearly always. */
export interface BudgetAlertReader {
  /** Those that nobody has recorded yet, in the order given. */
  untoldBudgetAlerts<Alert extends BudgetAlertKey>(
    organizationId: OrganizationId,
    alerts: readonly Alert[],
  ): Promise<Alert[]>;
}

export interface BudgetTx {
  organizations: Pick<OrganizationRepository, 'lock'>;
  clients: Pick<ClientRepository, 'find' | 'findByExternalId'>;
  budgets: BudgetRepository;
  audit: AuditLog;
}

export interface BudgetAlertTx {
  clients: Pick<ClientRepository, 'find'>;
  budgets: Pick<BudgetRepository, 'recordAlert'>;
  mail: MailOutbox;
  messages: OutgoingMessages;
}
