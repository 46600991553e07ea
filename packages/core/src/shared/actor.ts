import type { OrganizationId } from './ids.ts';

export type MemberRole = 'owner' | 'admin' | 'member';
export type StaffRole = 'support' | 'billing_ops' | 'super_admin';

/** What a key may do. An unknown scope is refused when the key is made. */
export const apiKeyScopes = [
  'organizations:read',
  'organizations:write',
  'usage:write',
  'usage:read',
  'usage:correct',
  'usage:backfill',
  'limits:check',
  'limits:consume',
  'entitlements:read',
  'billing:read',
  'billing:write',
] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** Who acts. Every use-case receives one; the audit log stores it. */
export type Actor =
  | {
      kind: 'member';
      userId: string;
      email: string;
      organizationId: OrganizationId;
      role: MemberRole;
      /** Set while staff look at the organization as one of its members (read-only). */
      viewAs?: { staffUserId: string; sessionId: string };
    }
  | { kind: 'staff'; userId: string; email: string; role: StaffRole }
  | {
      kind: 'api_key';
      keyId: string;
      /** null = platform key: may name any organization. */
      organizationId: OrganizationId | null;
      scopes: readonly ApiKeyScope[];
    }
  | { kind: 'job'; name: string }
  | { kind: 'stripe_event'; eventId: string };
