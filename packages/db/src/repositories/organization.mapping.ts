import { asId, type Organization } from '@metergate/core';
import type { Organization as OrganizationRow } from '../generated/client.ts';

export function fromOrganizationRow(row: OrganizationRow): Organization {
  return {
    id: asId('organization', row.id),
    slug: row.slug,
    name: row.name,
    externalId: row.externalId,
    email: row.email,
    currency: row.currency,
    timeZone: row.timeZone,
    status: row.status === 'closed' ? 'closed' : 'active',
    suspendedAt: row.suspendedAt,
    suspendedReason: row.suspendedReason,
    stripeCustomerId: row.stripeCustomerId,
    families: row.families.length === 0 ? null : row.families,
    adminsSeeMoney: row.adminsSeeMoney,
    adminsMayBuy: row.adminsMayBuy,
    autoBuySeatsMax: row.autoBuySeats ? row.autoBuySeatsMax : null,
    createdAt: row.createdAt,
    closedAt: row.closedAt,
  };
}
