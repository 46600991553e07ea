import { asId, fromPublicId } from '@metergate/core';
import type { DriftDirectory, DriftRecord } from '@metergate/core/admin/drift/drift-directory.ports';
import type pg from 'pg';
import { type FindingRow, findingFromRow } from '../repositories/drift.repository.ts';
import { decodeCursor, encodeCursor, uuidPosition } from './cursor.ts';

/** Use `database.platform`. */
export function createDriftDirectory(pool: pg.Pool): DriftDirectory {
  return {
    async list({ status, kind, organization, cursor, limit }) {
      const id = organization === undefined ? null : (fromPublicId('organization', organization) ?? null);
      const slug = id === null ? (organization ?? null) : null;
      const after = decodeCursor('drift', cursor, uuidPosition) ?? null;
      const { rows } = await pool.query<FoundRow>(
        `${selectFindings}
         where ($1::text is null or f.status = $1) and ($2::text is null or f.kind = $2)
           and ($3::uuid is null or f.organization_id = $3) and ($4::text is null or o.slug = $4)
           and ($5::uuid is null or f.id < $5)
         order by f.id desc limit $6`,
        [status ?? null, kind ?? null, id, slug, after, limit + 1],
      );
      const items = rows.slice(0, limit).map(fromRow);
      const last = items.at(-1);
      const hasMore = rows.length > limit && last !== undefined;
      return { items, nextCursor: hasMore ? encodeCursor('drift', last.id) : null };
    },
    async countByStatus() {
      const { rows } = await pool.query<Count>(
        'select status as key, count(*)::int as count from drift_findings group by status',
      );
      return countsOf(rows);
    },
    async countByKind(status) {
      const { rows } = await pool.query<Count>(
        `select kind as key, count(*)::int as count from drift_findings
         where $1::text is null or status = $1 group by kind`,
        [status ?? null],
      );
      return countsOf(rows);
    },
    async find(id) {
      const { rows } = await pool.query<FoundRow>(`${selectFindings} where f.id = $1`, [id]);
      const [row] = rows;
      return row === undefined ? null : fromRow(row);
    },
  };
}

interface Count {
  key: string;
  count: number;
}

type FoundRow = FindingRow & {
  organizationId: string;
  slug: string;
  name: string;
};

const selectFindings = `
  select f.id, f.organization_id as "organizationId", o.slug, o.name, f.object, f.kind, f.fields, f.cause, f.status,
         f.source, f.found_at as "foundAt", f.last_found_at as "lastFoundAt", f.times, f.settled_at as "settledAt",
         f.settled_by as "settledBy", f.reason
  from drift_findings f join organizations o on o.id = f.organization_id`;

function fromRow(row: FoundRow): DriftRecord {
  const organization = { id: asId('organization', row.organizationId), slug: row.slug, name: row.name };
  return { ...findingFromRow(row), organization };
}

function countsOf(rows: readonly Count[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}
