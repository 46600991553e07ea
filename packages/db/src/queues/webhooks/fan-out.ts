import type { OrganizationId } from '@metergate/core';
import {
  type MessageFacts,
  type MessageType,
  messageBody,
  platformOwner,
  type WebhookOwner,
} from '@metergate/core';
import type pg from 'pg';
import { inPoolTransaction } from '../../pool-transaction.ts';

const fanOutLock = 6_173_010;

interface MessageRow {
  organization_id: OrganizationId;
  id: string;
  type: MessageType;
  data: unknown;
  occurred_at: Date;
  external_id: string | null;
}

interface Target {
  owner: WebhookOwner;
  endpointId: string;
  types: readonly string[];
}

/**
 * Copies stored messages to the endpoints that want them, in the order in which they were stored. One process at a
 * time, or two batches would overtake each other. Answers how many messages.
 */
export async function fanOut(pool: pg.Pool, input: { now: Date; countMax: number }): Promise<number> {
  return await inPoolTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [fanOutLock]);
    const { rows } = await client.query<MessageRow>(pendingSql, [input.countMax]);
    if (rows.length > 0) await copy(client, rows, input.now);
    return rows.length;
  });
}

/** Taking by mark and not by "sequence after the last seen" is what skips no message of a long transaction. */
const pendingSql = `
  select m.organization_id, m.id, m.type, m.data, m.occurred_at, o.external_id
    from webhook_messages m left join organizations o on o.id = m.organization_id
   where m.fanned_out_at is null order by m.sequence limit $1`;

async function copy(client: pg.ClientBase, messages: readonly MessageRow[], now: Date): Promise<void> {
  await client.query(
    `update webhook_messages m set body = row.body, fanned_out_at = $4
       from unnest($1::uuid[], $2::uuid[], $3::text[]) as row (organization_id, id, body)
      where m.organization_id = row.organization_id and m.id = row.id`,
    [
      messages.map((row) => row.organization_id),
      messages.map((row) => row.id),
      messages.map((row) => messageBody(factsOf(row))),
      now,
    ],
  );
  const targets = await targetsOf(client, messages);
  const copies = messages.flatMap((message) =>
    (targets.get(message.organization_id) ?? [])
      .concat(targets.get(platformOwner) ?? [])
      .filter(({ types }) => types.length === 0 || types.includes(message.type))
      .map((target) => ({ ...target, message })),
  );
  await client.query(
    `insert into webhook_deliveries (organization_id, id, endpoint_id, about_organization_id, message_id, type,
                                     next_attempt_at, created_at)
     select owner, gen_random_uuid(), endpoint_id, about, message_id, type, $6, $6
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) with ordinality
         as row (owner, endpoint_id, about, message_id, type, position)
      order by position
     on conflict (organization_id, endpoint_id, about_organization_id, message_id) do nothing`,
    [
      copies.map(({ owner }) => owner),
      copies.map(({ endpointId }) => endpointId),
      copies.map(({ message }) => message.organization_id),
      copies.map(({ message }) => message.id),
      copies.map(({ message }) => message.type),
      now,
    ],
  );
}

function factsOf(row: MessageRow): MessageFacts {
  const organization = { id: row.organization_id, externalId: row.external_id };
  return { id: row.id, type: row.type, occurredAt: row.occurred_at, organization, data: row.data };
}

/** Enabled endpoints of these organizations and of the platform. */
async function targetsOf(
  client: pg.ClientBase,
  messages: readonly MessageRow[],
): Promise<ReadonlyMap<string, Target[]>> {
  const owners = new Set([platformOwner, ...messages.map((row) => row.organization_id)]);
  const { rows } = await client.query<{ organization_id: OrganizationId; id: string; types: string[] }>(
    `select organization_id, id, types from webhook_endpoints
      where organization_id = any($1::uuid[]) and disabled_at is null order by created_at, id`,
    [[...owners]],
  );
  const targets = new Map<string, Target[]>();
  for (const { organization_id: owner, id: endpointId, types } of rows) {
    targets.set(owner, [...(targets.get(owner) ?? []), { owner, endpointId, types }]);
  }
  return targets;
}
