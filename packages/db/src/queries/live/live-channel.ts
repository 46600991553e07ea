import type { OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** What is different for an organization; pages read it again. */
export const liveTopics = ['usage', 'billing', 'organization'] as const;
export type LiveTopic = (typeof liveTopics)[number];

/** A notification carries less than 8 000 bytes; an id takes 37. */
const idsPerNotification = 200;

/** Tells every process that usage of these organizations moved, in as few notifications as possible. */
export async function announceUsage(
  pool: pg.Pool,
  organizationIds: readonly OrganizationId[],
): Promise<void> {
  const payloads: string[] = [];
  for (let start = 0; start < organizationIds.length; start += idsPerNotification) {
    payloads.push(`usage:${organizationIds.slice(start, start + idsPerNotification).join(',')}`);
  }
  await pool.query(`select pg_notify('live', payload) from unnest($1::text[]) as payload`, [payloads]);
}

/** `billing:<id>` or `usage:<id>,<id>`; null for what a newer release may say. */
export function parseLivePayload(payload: string): { topic: LiveTopic; organizationIds: string[] } | null {
  const [name, ids = ''] = payload.split(':');
  const topic = liveTopics.find((candidate) => candidate === name);
  return topic === undefined ? null : { topic, organizationIds: ids.split(',') };
}

/** Who looks at what: a session of a person, in an organization. */
export interface LiveVisitor {
  sessionId: string;
  userId: string;
  organizationId: OrganizationId;
  /** Staff who look as one of its members, instead of a membership. */
  viewAsSessionId: string | null;
}

/**
 * Which of these visitors may go on looking: signed in, and still a member or viewing as one. One statement for all of
 * them. Use `database.auth`.
 */
export async function listAdmitted(
  pool: pg.Pool,
  visitors: readonly LiveVisitor[],
  businessNow: Date,
): Promise<Set<number>> {
  const { rows } = await pool.query<{ position: string }>(
    `select v.position
       from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) with ordinality
         as v (session_id, user_id, organization_id, view_as_id, position)
      where exists (select from auth.session s
                     where s.id = v.session_id and s.user_id = v.user_id and s.expires_at > now())
        and (exists (select from members m where m.organization_id = v.organization_id and m.user_id = v.user_id)
          or exists (select from view_as_sessions w
                       join auth."user" staff on staff.id = w.staff_user_id and staff.platform_role is not null
                      where staff.id = v.user_id and w.organization_id = v.organization_id and w.id = v.view_as_id and w.ended_at is null
                        and w.expires_at > $5))`,
    [
      visitors.map(({ sessionId }) => sessionId),
      visitors.map(({ userId }) => userId),
      visitors.map(({ organizationId }) => organizationId),
      visitors.map(({ viewAsSessionId }) => viewAsSessionId),
      businessNow,
    ],
  );
  return new Set(rows.map(({ position }) => Number(position) - 1));
}
