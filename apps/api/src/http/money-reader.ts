import { notFound, type OrganizationId } from '@metergate/core';
import type { Request } from 'express';
import { memberMay } from '../auth/access.ts';
import { findOrganizationAccess } from '../auth/organization-access.ts';
import { readSession } from '../auth/session.ts';
import type { Container } from '../container.ts';
import { accessRefused, notSignedIn } from './http-errors.ts';

/**
 * The organization a session may read amounts of, counted against the session's rate.
 * @throws NOT_SIGNED_IN, NOT_FOUND for somebody else's organization, FORBIDDEN for who may not see money
 */
export async function requireMoneyReader(container: Container, request: Request): Promise<OrganizationId> {
  const user = await readSession(container.signIn, request.headers);
  if (user === null) throw notSignedIn();
  const organization = await organizationOf(container, request.query.organization, user.id);
  const found = await findOrganizationAccess(container, user, organization);
  if (found === null) throw notFound('organization');
  const { membership } = found;
  if (!memberMay('money', membership)) throw accessRefused('money');
  await container.rateLimits.count('session', `${user.id}:${organization}`);
  return membership.organizationId;
}

async function organizationOf(container: Container, named: unknown, userId: string): Promise<string> {
  if (typeof named === 'string') return named;
  const last = await container.identity.findLastOrganization(userId);
  if (last === null) throw notFound('organization');
  return last.slug;
}
