import { entitlementsViewSchema } from '@metergate/core/limits/limits.schemas';
import { withETag } from './etag.ts';
import { defineRoute } from './route.ts';

const readRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/entitlements',
  scope: 'entitlements:read',
  summary: 'Everything the organization may use, with what is left of it; with ETag',
  answers: { 200: entitlementsViewSchema },
  example: { params: { org: 'acme' }, status: 200 },
  handle: async ({ container, organizationId, ifNoneMatch }) => {
    const view = await container.metering.readEntitlements(organizationId);
    // The moment of reading is no part of what has changed.
    const { asOf: _asOf, ...content } = view;
    const answer = withETag(content, ifNoneMatch);
    return answer.status === 304 ? answer : { ...answer, body: view };
  },
});

export const entitlementRoutes = [readRoute];
