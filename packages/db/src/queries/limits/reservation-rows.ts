import { asId } from '@metergate/core';
import type { ReserveCommand, StoredReservation } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { canonical } from './decimal-text.ts';

interface ReservationRow {
  id: string;
  feature: string;
  quantity: string;
  status: StoredReservation['status'];
  event_id: string | null;
  client_id: string | null;
  subject: string | null;
  created_at: Date;
  expires_at: Date;
  committed_quantity: string | null;
  settled_at: Date | null;
}

export async function findReservationRow(
  client: pg.ClientBase,
  organizationId: string,
  reservation: { id: string; isLocked: boolean },
): Promise<StoredReservation | undefined> {
  const { rows } = await client.query<ReservationRow>(
    `select id, feature, quantity, status, event_id, client_id, subject, created_at, expires_at, committed_quantity,
            settled_at
       from reservations where organization_id = $1 and id = $2 ${reservation.isLocked ? 'for update' : ''}`,
    [organizationId, reservation.id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    id: row.id,
    feature: row.feature,
    quantity: canonical(row.quantity),
    status: row.status,
    eventId: row.event_id ?? row.id,
    clientId: row.client_id === null ? null : asId('client', row.client_id),
    subject: row.subject,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    committedQuantity: row.committed_quantity === null ? null : canonical(row.committed_quantity),
    settledAt: row.settled_at,
  };
}

/** False when the id is taken already; waits for whoever is taking it at this moment. */
export async function insertReservation(client: pg.ClientBase, command: ReserveCommand): Promise<boolean> {
  const { key, terms } = command;
  const { rowCount } = await client.query(
    `insert into reservations (organization_id, id, feature, meter, quantity, client_id, subject, event_id, status,
                               window_start, expires_at, created_at)
     values ($1, $2, $3, $3, $4, $5, $6, $7, 'held', $8, $9, $10)
     on conflict (organization_id, id) do nothing`,
    [
      key.organizationId,
      command.reservationId,
      key.feature,
      terms.quantity,
      terms.clientId,
      terms.subject,
      command.eventId,
      key.window.start.toISOString(),
      command.expiresAt.toISOString(),
      terms.at.toISOString(),
    ],
  );
  return rowCount === 1;
}

export async function settleReservation(
  client: pg.ClientBase,
  settled: {
    organizationId: string;
    id: string;
    status: 'committed' | 'released' | 'expired';
    committedQuantity: string | null;
    at: Date;
  },
): Promise<void> {
  await client.query(
    `update reservations set status = $3, committed_quantity = $4, settled_at = $5
      where organization_id = $1 and id = $2`,
    [settled.organizationId, settled.id, settled.status, settled.committedQuantity, settled.at.toISOString()],
  );
}
