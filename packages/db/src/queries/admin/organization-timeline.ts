import type { Actor, OrganizationId, TimelineFact } from '@metergate/core';
import type pg from 'pg';

interface Row {
  source: TimelineFact['source'];
  at: Date;
  name: string;
  actor: Actor | null;
  detail: string | null;
}

/** What happened to an organization, newest first, from audit log, invoices and Stripe's events: one query. */
export async function readTimeline(
  pool: pg.Pool,
  organizationId: OrganizationId,
  countMax: number,
): Promise<TimelineFact[]> {
  const { rows } = await pool.query<Row>({
    name: 'admin_organization_timeline',
    text: statement,
    values: [organizationId, countMax],
  });
  return rows.flatMap((row) => toFact(row) ?? []);
}

function toFact({ source, at, name, actor, detail }: Row): TimelineFact | undefined {
  if (source === 'invoice') return { source, at, kind: name, number: detail };
  if (source === 'inbound') {
    const [status = '', id = ''] = (detail ?? '').split(' ');
    return { source, at, type: name, status, id };
  }
  return actor === null ? undefined : { source, at, action: name, actor, reason: detail };
}

// Each source is cut before they are merged, so that none of them is read as a whole.
const statement = `
select * from (
  (select 'audit' as source, at, action as name, actor, reason as detail
     from audit_log where organization_id = $1 order by at desc limit $2)
  union all
  (select 'invoice', e.at, e.kind, null, i.number
     from invoice_events e join invoices i on i.organization_id = e.organization_id and i.id = e.invoice_id
    where e.organization_id = $1 order by e.at desc limit $2)
  union all
  (select 'inbound', received_at, type, null, status || ' ' || id
     from inbound_events where organization_id = $1 order by received_at desc limit $2)
) merged order by at desc limit $2`;
