import { toVoiceConfigView, updateVoiceConfig } from '@metergate/core';
import {
  voiceConfigInputSchema,
  voiceConfigViewSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { readVoiceConfig } from '../../organizations/read-voice-config.ts';
import { mayTranslate } from '../../organizations/translation-right.ts';
import { defineRoute } from './route.ts';

const getRoute = defineRoute({
  method: 'get',
  path: '/v1/organizations/{org}/voice-config',
  scope: 'organizations:read',
  summary: 'Read the voice settings, and whether the plan allows changing them',
  answers: { 200: voiceConfigViewSchema },
  example: { params: { org: 'acme' }, status: 200 },
  handle: async ({ container, organizationId }) => ({
    body: await readVoiceConfig(container, organizationId),
  }),
});

const putRoute = defineRoute({
  method: 'put',
  path: '/v1/organizations/{org}/voice-config',
  scope: 'organizations:write',
  summary: 'Replace the voice settings; needs the entitlement can_translate (402 without it)',
  body: voiceConfigInputSchema,
  answers: { 200: voiceConfigViewSchema },
  example: {
    params: { org: 'voice-customer' },
    body: {
      aiAgentId: 'agent_frontdesk-1',
      translationEnabled: true,
      translationFrom: 'de',
      translationTo: 'en',
    },
    status: 200,
    prepare: async (call) => {
      await call('post', '/v1/organizations', {
        name: 'Voice Customer',
        externalId: 'voice-customer',
        email: 'billing@voice.example',
      });
      await call('post', '/v1/organizations/voice-customer/billing/subscriptions', {
        family: 'voice-ops',
        plan: 'business',
        paymentMethod: 'pm_card_visa',
      });
      return {};
    },
  },
  handle: async ({ container, actor, organizationId, body }) => {
    const deps = { ...organizationDeps(container), mayTranslate: mayTranslate(container) };
    const saved = await updateVoiceConfig(deps, { actor, organizationId, input: body });
    return { body: toVoiceConfigView(saved, { unlocked: true, upgradeTo: null }) };
  },
});

export const voiceRoutes = [getRoute, putRoute];
