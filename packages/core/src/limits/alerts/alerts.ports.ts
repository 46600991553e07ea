import type { MailOutbox } from '../../organizations/organizations.ports.ts';
import type { AuditLog } from '../../shared/audit.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { OutgoingMessages } from '../../shared/outgoing-messages.ts';

/** The organization's own thresholds of a feature; without one those of the plan apply. */
export interface AlertRule {
  feature: string;
  /** Percent of the limit. */
  thresholds: readonly number[];
  /** Empty = the organization's address. */
  recipients: readonly string[];
}

export interface FiredAlert {
  feature: string;
  windowStart: Date;
  threshold: number;
  firedAt: Date;
}

export interface AlertRepository {
  rules(organizationId: OrganizationId): Promise<ReadonlyMap<string, AlertRule>>;
  putRule(organizationId: OrganizationId, rule: AlertRule): Promise<void>;
  /** False when it was recorded before: one alert per threshold and window, whoever notices it. */
  record(organizationId: OrganizationId, alert: FiredAlert): Promise<boolean>;
  /** Of each feature the one with the highest threshold in the latest window. */
  latestFired(organizationId: OrganizationId): Promise<ReadonlyMap<string, FiredAlert>>;
  /** Latest first. */
  listFired(organizationId: OrganizationId, limit: number): Promise<FiredAlert[]>;
}

/** What an organization set and what it was told, as of one moment. */
export interface AlertStanding {
  rules: ReadonlyMap<string, AlertRule>;
  isTold(alert: Omit<FiredAlert, 'firedAt'>): boolean;
}

/** Read before anything is opened: nearly every look finds that there is nothing to tell. */
export interface AlertReader {
  /** Knows of the windows named whether they were told. */
  standing(
    organizationId: OrganizationId,
    windows: readonly Pick<FiredAlert, 'feature' | 'windowStart'>[],
  ): Promise<AlertStanding>;
}

export interface AlertTx {
  alerts: AlertRepository;
  mail: MailOutbox;
  audit: AuditLog;
  messages: OutgoingMessages;
}
