import type { MemberRole } from '../shared/actor.ts';
import type { OrganizationId } from '../shared/ids.ts';

/** The tenant and payer. Amount visibility and buying rights of admins are its own settings. */
export interface Organization {
  id: OrganizationId;
  slug: string;
  name: string;
  externalId: string | null;
  email: string;
  /** ISO 4217, upper case; fixed once something was billed. */
  currency: string;
  /** IANA name; shapes daily series and printing, never the billing period (R4). */
  timeZone: string;
  status: 'active' | 'closed';
  suspendedAt: Date | null;
  suspendedReason: string | null;
  stripeCustomerId: string | null;
  /** null = every loaded product family. */
  families: string[] | null;
  adminsSeeMoney: boolean;
  adminsMayBuy: boolean;
  /** Up to how many seats are bought by themselves when people join; null = only people buy. */
  autoBuySeatsMax: number | null;
  createdAt: Date;
  closedAt: Date | null;
}

type MoneySettings = Pick<Organization, 'adminsSeeMoney' | 'adminsMayBuy'>;

/** Owners see amounts; admins unless their organization switched that off; members never. */
export function seesMoney(role: MemberRole, settings: MoneySettings): boolean {
  return role === 'owner' || (role === 'admin' && settings.adminsSeeMoney);
}

/** Owners buy; admins where the organization allows it. */
export function mayBuy(role: MemberRole, settings: MoneySettings): boolean {
  return role === 'owner' || (role === 'admin' && settings.adminsMayBuy);
}

/** Slugs that would collide with a route. */
export const reservedSlugs: ReadonlySet<string> = new Set([
  'admin',
  'api',
  'v1',
  'trpc',
  'docs',
  'test',
  'sign-in',
  'onboarding',
  'checkout',
  'return',
  'portal',
  'billing',
  'settings',
  'invitation',
  'invitations',
  'sign-up',
  'forgot-password',
  'reset-password',
  'assets',
]);

/** Lower case ASCII words joined by dashes, at most 40 characters; `organization` when nothing is left. */
export function slugFromName(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    // Up and down again turns ß into ss.
    .toUpperCase()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  const slug = words === '' ? 'organization' : words;
  return reservedSlugs.has(slug) ? `${slug}-org` : slug;
}
