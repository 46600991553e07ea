import { asId, type OrganizationId, type PlanVersion, planVersionSchema } from '@metergate/core';
import type pg from 'pg';
import { canonical } from '../limits/decimal-text.ts';

export interface SubscriptionFact {
  id: string;
  family: string;
  plan: string;
  planVersion: number;
  status: string;
  access: 'full' | 'restricted' | 'suspended';
  interval: 'month' | 'year';
  currency: string;
  billingAnchor: Date;
  items: { priceKey: string; kind: string; quantity: string | null }[];
}

/** What a row of the staff's list is made of. */
export interface OrganizationFact {
  id: OrganizationId;
  slug: string;
  name: string;
  email: string;
  currency: string;
  timeZone: string;
  status: string;
  suspendedAt: Date | null;
  families: string[];
  createdAt: Date;
  owner: string | null;
  activeClients: number;
  pastDueSince: Date | null;
  /** Newest first; ended ones too. */
  subscriptions: SubscriptionFact[];
  overrides: {
    id: string;
    feature: string;
    limit: string | null;
    unlimited: boolean;
    expiresAt: Date | null;
  }[];
  /** Feature → what counts toward its limit now. */
  used: Map<string, string>;
}

interface FactRow extends Omit<OrganizationFact, 'subscriptions' | 'overrides' | 'used'> {
  subscriptions: (Omit<SubscriptionFact, 'billingAnchor'> & { billingAnchor: string })[];
  overrides: (Omit<OrganizationFact['overrides'][number], 'expiresAt'> & { expiresAt: string | null })[];
  counters: { feature: string; used: string }[];
  gauges: { feature: string; used: string }[];
}

/** Facts of up to a page of organizations in one query, in the order of `ids`. Use `database.platform`. */
export async function readOrganizationFacts(
  pool: pg.Pool,
  ids: readonly OrganizationId[],
  at: Date,
): Promise<OrganizationFact[]> {
  const { rows } = await pool.query<FactRow>({
    name: 'admin_organization_facts',
    text: factsStatement,
    values: [ids, at],
  });
  const byId = new Map(rows.map((row) => [row.id, toFact(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function toFact({ counters, gauges, ...row }: FactRow): OrganizationFact {
  return {
    ...row,
    id: asId('organization', row.id),
    subscriptions: row.subscriptions.map((subscription) => ({
      ...subscription,
      billingAnchor: new Date(subscription.billingAnchor),
      items: subscription.items.map((item) => ({
        ...item,
        quantity: item.quantity === null ? null : canonical(item.quantity),
      })),
    })),
    overrides: row.overrides.map((override) => ({
      ...override,
      limit: override.limit === null ? null : canonical(override.limit),
      expiresAt: override.expiresAt === null ? null : new Date(override.expiresAt),
    })),
    used: new Map([...gauges, ...counters].map(({ feature, used }) => [feature, canonical(used)])),
  };
}

/** Live subscriptions of many organizations with what they charge regularly: one query. Use `database.platform`. */
export async function readRecurring(
  pool: pg.Pool,
  ids: readonly OrganizationId[],
): Promise<Map<OrganizationId, SubscriptionFact[]>> {
  const { rows } = await pool.query<{ id: string; subscriptions: FactRow['subscriptions'] }>(
    `select s.organization_id as id, json_agg(${subscriptionJson}) as subscriptions
       from subscriptions s
      where s.organization_id = any($1::uuid[]) and s.status in ('active', 'past_due')
      group by s.organization_id`,
    [ids],
  );
  return new Map(
    rows.map(({ id, subscriptions }) => [
      asId('organization', id),
      subscriptions.map((one) => ({
        ...one,
        billingAnchor: new Date(one.billingAnchor),
        items: one.items.map((item) => ({
          ...item,
          quantity: item.quantity === null ? null : canonical(item.quantity),
        })),
      })),
    ]),
  );
}

/** Published plan versions by `family/plan/version`; there are few, whatever the number of organizations. */
export async function readPlanVersions(pool: pg.Pool): Promise<Map<string, PlanVersion>> {
  const { rows } = await pool.query<{ key: string; content: unknown }>(
    `select family || '/' || plan || '/' || version as key, content from plan_versions where status <> 'draft'`,
  );
  return new Map(rows.map(({ key, content }) => [key, planVersionSchema.parse(content)]));
}

const subscriptionJson = `json_build_object(
  'id', s.id, 'family', s.family, 'plan', s.plan, 'planVersion', s.plan_version, 'status', s.status, 'access', s.access,
  'interval', s.interval, 'currency', s.currency, 'billingAnchor', s.billing_anchor,
  'items', coalesce((select json_agg(json_build_object('priceKey', coalesce(i.running_price_key, i.price_key), 'kind', i.kind, 'quantity', i.quantity::text))
                       from subscription_items i
                      where i.organization_id = s.organization_id and i.subscription_id = s.id), '[]'))`;

// Counters of all clients together carry the nil UUID; a gauge is the level of what does not reset.
const factsStatement = `
select o.id, o.slug, o.name, o.email, o.currency, o.time_zone as "timeZone", o.status, o.suspended_at as "suspendedAt",
       coalesce(o.families, '{}') as families, o.created_at as "createdAt",
       (select u.email from members m join auth."user" u on u.id = m.user_id
         where m.organization_id = o.id and m.role = 'owner' order by m.created_at limit 1) as owner,
       (select count(*)::int from clients c where c.organization_id = o.id and c.status = 'active') as "activeClients",
       (select min(s.past_due_since) from subscriptions s
         where s.organization_id = o.id and s.status in ('past_due', 'unpaid')) as "pastDueSince",
       coalesce((select json_agg(${subscriptionJson} order by s.created_at desc) from subscriptions s
                  where s.organization_id = o.id and s.status <> 'incomplete_expired'), '[]') as subscriptions,
       coalesce((select json_agg(json_build_object('id', l.id, 'feature', l.feature, 'limit', l.limit_quantity::text,
                         'unlimited', l.unlimited, 'expiresAt', l.expires_at) order by l.created_at, l.id)
                   from limit_overrides l where l.organization_id = o.id and l.ended_at is null), '[]') as overrides,
       coalesce((select json_agg(json_build_object('feature', c.feature, 'used', c.used::text)) from limit_counters c
                  where c.organization_id = o.id and c.client_id = '00000000-0000-0000-0000-000000000000'
                    and c.window_start <= $2 and c.window_end > $2 and c.counted_until is null), '[]') as counters,
       coalesce((select json_agg(json_build_object('feature', g.feature, 'used', g.level::text)) from gauges g
                  where g.organization_id = o.id), '[]') as gauges
  from organizations o where o.id = any($1::uuid[])`;
