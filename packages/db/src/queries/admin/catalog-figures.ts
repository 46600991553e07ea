import type pg from 'pg';

export interface CatalogFigures {
  family: string;
  publishedAt: Date | null;
  /** Subscriptions that have not ended. */
  subscriptions: number;
}

/** Per family: when it was last published, and how many subscribe to it. Use `database.platform`. */
export async function readCatalogFigures(pool: pg.Pool): Promise<Map<string, CatalogFigures>> {
  const { rows } = await pool.query<CatalogFigures>(
    `select family, max(published_at) as "publishedAt", sum(subscribers)::int as subscriptions
       from (select family, published_at, 0 as subscribers from plan_versions
             union all
             select family, null, count(*) from subscriptions
              where status not in ('canceled', 'incomplete_expired') group by family) figures
      group by family`,
  );
  return new Map(rows.map((row) => [row.family, row]));
}
