import { notFound, requirePublicId } from '@metergate/core';
import { Router } from 'express';
import { memberMay } from '../auth/access.ts';
import { readSession } from '../auth/session.ts';
import type { Container } from '../container.ts';
import { downloadHeaders, invoiceDocument } from '../documents/invoice-document.ts';
import { accessRefused, notSignedIn } from './http-errors.ts';

/**
 * The document behind the console's download link: a plain link carries a session and nothing else. The organization
 * is named as `?organization=`; without it the one joined last is meant.
 */
export function createInvoicePdfRouter(container: Container): Router {
  const router = Router();
  router.get('/api/billing/invoices/:id/pdf', async (request, response) => {
    const user = await readSession(container.signIn, request.headers);
    if (user === null) throw notSignedIn();
    const organization = await organizationOf(container, request.query.organization, user.id);
    const membership = await container.identity.findMembership(user.id, organization);
    if (membership === null) throw notFound('organization');
    if (!memberMay('money', membership)) throw accessRefused('money');
    await container.rateLimits.count('session', `${user.id}:${organization}`);
    const invoiceId = requirePublicId('invoice', request.params.id);
    const { organizationId } = membership;
    const document = await invoiceDocument(container, { organizationId, invoiceId });
    for (const [name, value] of Object.entries(downloadHeaders(document))) response.setHeader(name, value);
    response.type('application/pdf').send(Buffer.from(document.content));
  });
  return router;
}

async function organizationOf(container: Container, named: unknown, userId: string): Promise<string> {
  if (typeof named === 'string') return named;
  const last = await container.identity.findLastOrganization(userId);
  if (last === null) throw notFound('organization');
  return last.slug;
}
