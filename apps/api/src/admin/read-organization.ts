import {
  evaluateFlags,
  hasStaffRole,
  type Organization,
  type StaffRole,
  toOrganizationView,
  toTimelineEntry,
} from '@metergate/core';
import type { adminOrganizationViewSchema } from '@metergate/core/admin/admin.schemas';
import { readOrganizationFacts, readPlanVersions, readTimeline } from '@metergate/db';
import type { z } from 'zod';
import { toSubscriptionViews } from '../billing/subscription-view.ts';
import type { Container } from '../container.ts';
import { readFacts } from '../flags/read-flags.ts';
import { recurringOf, toRevenueView } from './organization-rows.ts';

const timelineMax = 100;

/** Everything staff see of one organization on its first tab. */
export async function readOrganizationPage(
  container: Container,
  organization: Organization,
  reader: { role: StaffRole },
): Promise<z.infer<typeof adminOrganizationViewSchema>> {
  const { database, clock, unitOfWork } = container;
  const { id } = organization;
  const at = clock.now();
  const [fact] = await readOrganizationFacts(database.platform, [id], at);
  const plans = await readPlanVersions(database.platform);
  const { members, records } = await unitOfWork.run(id, async (tx) => ({
    members: await tx.members.list(id),
    records: await tx.subscriptions.list(id),
  }));
  const rights = { seesMoney: true, mayBuy: hasStaffRole(reader.role, 'billing_ops') };
  const timeline = await readTimeline(database.platform, id, timelineMax);
  const flags = evaluateFlags(await readFacts(container, id), at);
  return {
    organization: toOrganizationView(organization),
    owners: members.filter(({ role }) => role === 'owner').map(({ name, email }) => ({ name, email })),
    subscriptions: await toSubscriptionViews(container, id, { records, rights }),
    mrr: toRevenueView(recurringOf(fact?.subscriptions ?? [], plans)),
    timeline: timeline.map(toTimelineEntry),
    flags: flags.map(({ key, value, rule }) => ({ key, value, rule })),
  };
}
