import { fromPublicId } from '@metergate/core';

export type OrganizationView = 'all' | 'past-due' | 'over-limit' | 'trialing' | 'canceled' | 'free';

export interface OrganizationFilter {
  view: OrganizationView;
  /** Any identifier: name, slug, id, external id, e-mail or its domain, Stripe id, invoice number. */
  q?: string | undefined;
  family?: string | undefined;
  plan?: string | undefined;
}

const ended = `('canceled', 'incomplete_expired')`;
const hasSubscription = (condition: string) =>
  `exists (select from subscriptions s where s.organization_id = o.id and ${condition})`;

/** What each saved view shows, over `organizations o`; $1 is the present instant. */
export const viewConditions: Readonly<Record<OrganizationView, string>> = {
  all: 'true',
  'past-due': hasSubscription(`s.status in ('past_due', 'unpaid')`),
  // Crossing 100 % of a limit is noted once per window, so that finding them needs no arithmetic.
  'over-limit': `exists (
    select from alerts_fired a join limit_counters c
      on c.organization_id = a.organization_id and c.feature = a.feature and c.window_start = a.window_start
     where a.organization_id = o.id and a.threshold >= 100 and c.window_end > $1)`,
  trialing: hasSubscription(`s.status = 'trialing'`),
  canceled: `${hasSubscription(`s.status = 'canceled'`)} and not ${hasSubscription(`s.status not in ${ended}`)}`,
  free: `not ${hasSubscription(`s.status not in ${ended}`)}`,
};

/** SQL that holds for what the filter wants; adds its values to `values`. */
export function organizationCondition(filter: OrganizationFilter, values: unknown[]): string {
  const conditions = [viewConditions[filter.view]];
  const add = (value: unknown) => `$${values.push(value)}`;
  if (filter.family !== undefined || filter.plan !== undefined) {
    const parts = [`s.status not in ${ended}`];
    if (filter.family !== undefined) parts.push(`s.family = ${add(filter.family)}`);
    if (filter.plan !== undefined) parts.push(`s.plan = ${add(filter.plan)}`);
    conditions.push(hasSubscription(parts.join(' and ')));
  }
  const q = filter.q?.trim() ?? '';
  if (q !== '') conditions.push(searchCondition(q, add));
  return conditions.map((condition) => `(${condition})`).join(' and ');
}

function searchCondition(q: string, add: (value: unknown) => string): string {
  const exact = add(q);
  const lower = add(q.toLowerCase());
  const anywhere = add(`%${escapeLike(q)}%`);
  return [
    ...publicIdConditions(q, add),
    `o.name ilike ${anywhere}`,
    `o.slug like ${anywhere}`,
    `o.email ilike ${anywhere}`,
    `o.external_id = ${exact}`,
    `o.stripe_customer_id = ${exact}`,
    `exists (select from members m join auth."user" u on u.id = m.user_id
              where m.organization_id = o.id and (u.email = ${lower} or split_part(u.email, '@', 2) = ${lower}))`,
    hasSubscription(`s.stripe_subscription_id = ${exact}`),
    `exists (select from invoices i where i.organization_id = o.id and (i.stripe_invoice_id = ${exact} or i.number = ${exact}))`,
  ].join(' or ');
}

function publicIdConditions(q: string, add: (value: unknown) => string): string[] {
  const organization = fromPublicId('organization', q);
  const subscription = fromPublicId('subscription', q);
  const invoice = fromPublicId('invoice', q);
  return [
    ...(organization === undefined ? [] : [`o.id = ${add(organization)}::uuid`]),
    ...(subscription === undefined ? [] : [hasSubscription(`s.id = ${add(subscription)}::uuid`)]),
    ...(invoice === undefined
      ? []
      : [`exists (select from invoices i where i.organization_id = o.id and i.id = ${add(invoice)}::uuid)`]),
  ];
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
