import { killFlag, saveFlag, setFlagOverride } from '@metergate/core';
import type { DemoWorld, Tenant } from './demo-world.ts';

const dayMs = 86_400_000;

const flags = [
  {
    key: 'new-usage-charts',
    description: 'Charts with comparison to the previous period.',
    kind: 'boolean' as const,
    defaultValue: false,
    rolloutPercent: '25',
    owner: 'console',
  },
  {
    key: 'live-translation-beta',
    description: 'Second generation of live translation, first for the Business plan.',
    kind: 'boolean' as const,
    defaultValue: false,
    rolloutPercent: '0',
    rules: [{ kind: 'plan' as const, family: 'voice-ops', plans: ['business'], value: true }],
    owner: 'voice',
  },
  {
    key: 'checkout-layout',
    description: 'Which layout of the plan comparison is shown.',
    kind: 'variant' as const,
    variants: ['classic', 'compact', 'guided'],
    defaultValue: 'classic',
    rolloutPercent: '100',
    owner: 'growth',
  },
];

/** Three flags with history and exceptions; the second one has been through an incident. */
export async function makeFlags({ container, staff, organizations, today }: DemoWorld): Promise<void> {
  for (const flag of flags) {
    const input = {
      variants: [],
      rules: [],
      ...flag,
      isEnabled: true,
      expiresAt: null,
      reason: 'First version',
      expectedVersion: 0,
    };
    await saveFlag(container, { actor: staff, input });
  }
  const key = 'live-translation-beta';
  await killFlag(container, { actor: staff, key, killed: true, reason: 'Wrong language in some calls' });
  await killFlag(container, { actor: staff, key, killed: false, reason: 'Corrected and verified' });
  const override = async (tenant: Tenant | undefined, flag: string, value: boolean | string) => {
    if (tenant === undefined) return;
    const expiresAt = new Date(today.getTime() + 60 * dayMs);
    const reason = 'Agreed with the customer for a trial';
    await setFlagOverride(container, {
      actor: staff,
      organizationId: tenant.organizationId,
      key: flag,
      value,
      reason,
      expiresAt,
    });
  };
  await override(organizations.get('bright-harbor'), 'new-usage-charts', true);
  await override(organizations.get('lakeside-calls'), key, true);
  await override(organizations.get('sakura-leads'), 'checkout-layout', 'guided');
}
