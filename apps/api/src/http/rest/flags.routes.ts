import { toPublicId } from '@metergate/core';
import { flagValueSchema } from '@metergate/core/flags/flags.schemas';
import { z } from 'zod';
import { readFlagValues } from '../../flags/read-flags.ts';
import { withETag } from './etag.ts';
import { defineRoute } from './route.ts';

const flagsSchema = z.object({
  organization: z.string(),
  flags: z.record(z.string(), flagValueSchema),
});

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/flags',
  scope: 'entitlements:read',
  summary: 'Read the value of every feature flag for an organization; answers 304 when nothing changed',
  answers: { 200: flagsSchema, 304: null },
  example: { params: { org: 'acme' }, status: 200 },
  handle: async ({ container, organizationId, ifNoneMatch }) => {
    const flags = await readFlagValues(container, organizationId);
    return withETag({ organization: toPublicId('organization', organizationId), flags }, ifNoneMatch);
  },
});

export const flagRoutes = [listRoute];
