import type { OrganizationId } from '../../shared/ids.ts';
import type { SubscriptionRecord } from '../subscriptions.ports.ts';
import { newTerms, type SubscriptionTermsRepository } from './subscription-terms.ts';

/** Written with every change by whoever makes it through us: the instant it counts from, in seconds since 1970. */
export const changedAtKey = 'metergate_changed_at';

export interface RecordTermsTx {
  subscriptionTerms: SubscriptionTermsRepository;
  clients: { countActive(organizationId: OrganizationId): Promise<number> };
}

/** Keeps the dated history of a subscription's terms beside the row, in the same transaction. Idempotent. */
export async function recordTerms(
  tx: RecordTermsTx,
  change: {
    organizationId: OrganizationId;
    before: SubscriptionRecord | null;
    record: SubscriptionRecord;
    metadata: Readonly<Record<string, string>>;
    readAt: Date;
  },
): Promise<void> {
  const { organizationId, record, readAt } = change;
  const known = await tx.subscriptionTerms.list(organizationId, record.id);
  const clients = await tx.clients.countActive(organizationId);
  const announcedAt = announced(change.metadata, record);
  for (const terms of newTerms(known, { ...change, clients, announcedAt })) {
    await tx.subscriptionTerms.save(organizationId, { ...terms, recordedAt: readAt });
  }
}

/** The portal changes a plan without touching the text beside it: then nobody wrote the instant down. */
function announced(
  metadata: Readonly<Record<string, string>>,
  { plan, planVersion }: SubscriptionRecord,
): Date | null {
  const seconds = metadata[changedAtKey];
  const isAboutThis =
    metadata.metergate_plan === plan && metadata.metergate_plan_version === String(planVersion);
  return isAboutThis && seconds !== undefined && /^\d{1,11}$/.test(seconds)
    ? new Date(Number(seconds) * 1000)
    : null;
}
