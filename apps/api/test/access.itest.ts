import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessRule } from '../src/trpc/init.ts';
import { listProcedures } from './list-procedures.ts';
import { publicOrganizationId, startTestApi, type TestApi } from './start-test-api.ts';

const organizationRules: readonly AccessRule[] = ['member', 'money', 'admin', 'buyer', 'owner'];
const staffRules: readonly AccessRule[] = ['support', 'billing_ops', 'super_admin'];

const procedures = listProcedures();
const ofOrganizations = procedures.filter(({ access }) => organizationRules.includes(access));
const ofStaff = procedures.filter(({ access }) => staffRules.includes(access));
const forSomebody = procedures.filter(({ access }) => access !== 'anonymous');

let api: TestApi;
let owner: { userId: string; cookie: string };
let stranger: { userId: string; cookie: string };
let organizationId: OrganizationId;

beforeAll(async () => {
  api = await startTestApi({ RATE_LIMIT_USAGE_READ: '10000/60/1', RATE_LIMIT_CHECKOUT: '10000/60/1' });
  owner = await api.signUp('owner@example.test');
  stranger = await api.signUp('stranger@example.test');
  organizationId = await api.addOrganization('canary-organization', { [owner.userId]: 'owner' });
});
afterAll(() => api.stop());

describe('access to the typed API', () => {
  it('has found the procedures', () => {
    expect(ofOrganizations.length).toBeGreaterThan(30);
    expect(ofStaff.length).toBeGreaterThan(15);
  });

  it.each(forSomebody)('$path refuses somebody without a session', async ({ path, type }) => {
    const answer = await api.trpc({ path, type, input: { organization: 'canary-organization' } });
    expect(answer.status).toBe(401);
    expect(answer.json.error.data.code).toBe('NOT_SIGNED_IN');
  });

  it.each(ofOrganizations)(
    '$path answers 404 to a member of another organization',
    async ({ path, type }) => {
      for (const organization of [
        'canary-organization',
        publicOrganizationId(organizationId),
        'no-such-organization',
      ]) {
        const answer = await api.trpc({ path, type, input: { organization }, cookie: stranger.cookie });
        expect(answer.status).toBe(404);
        expect(answer.json.error.data.code).toBe('NOT_FOUND');
        expect(answer.text).not.toContain('canary');
      }
    },
  );

  it.each(ofStaff)('$path refuses the owner of an organization', async ({ path, type }) => {
    const answer = await api.trpc({ path, type, input: {}, cookie: owner.cookie });
    expect(answer.status).toBe(403);
    expect(answer.json.error.data.code).toBe('ACCESS_FORBIDDEN');
  });
});
