import { expect, test } from 'vitest';
import { localPath, paths } from './paths.ts';

test('every address of the console is spelled as published', () => {
  const addresses = [
    paths.home(),
    paths.signIn({ next: '/acme/billing?range=30d' }),
    paths.checkoutStart({ organization: 'acme', family: 'agency', plan: 'agency', interval: 'month' }),
    paths.checkoutReturn({ session_id: 'cs_1' }),
    paths.overview('acme'),
    paths.usage('acme', { range: '30d', group: undefined }),
    paths.meter('acme', 'message'),
    paths.limits('acme'),
    paths.plans('acme', { canceled: '1' }),
    paths.change('acme', { family: 'voice-ops', to: 'business', interval: 'month' }),
    paths.clients('acme', { q: 'north wind' }),
    paths.invoices('acme', { status: 'open', q: '' }),
    paths.invoice('acme', 'inv_1'),
    paths.paymentMethods('acme'),
    paths.cancel('acme', { subscription: 'sub_1' }),
    paths.activity('acme'),
    paths.settings('acme'),
    paths.members('acme'),
    paths.apiKeys('acme'),
    paths.webhooks('acme'),
    paths.webhook('acme', 'whe_1'),
    paths.adminWebhooks(),
    paths.adminWebhook('whe_1'),
    paths.voice('acme'),
    paths.adminHome(),
    paths.adminOrganizations({ view: 'past-due' }),
    paths.adminOrganization('org_1', { tab: 'limits' }),
    paths.adminFlag('new-portal', { org: 'acme' }),
    paths.adminEvents({ status: 'failed' }),
    paths.adminEvent('evt_1'),
    paths.adminHealth(),
    paths.adminAudit(),
    paths.adminMessages({ status: 'dead' }),
    paths.adminDrift({ status: 'open' }),
    paths.adminEmails(),
    paths.invoicePdf('acme', 'inv_1'),
  ];
  expect(addresses).toMatchInlineSnapshot(`
    [
      "/",
      "/sign-in?next=%2Facme%2Fbilling%3Frange%3D30d",
      "/checkout/start?organization=acme&family=agency&plan=agency&interval=month",
      "/return/checkout?session_id=cs_1",
      "/acme/billing",
      "/acme/billing/usage?range=30d",
      "/acme/billing/usage/message",
      "/acme/billing/limits",
      "/acme/billing/plans?canceled=1",
      "/acme/billing/change?family=voice-ops&to=business&interval=month",
      "/acme/billing/clients?q=north+wind",
      "/acme/billing/invoices?status=open",
      "/acme/billing/invoices/inv_1",
      "/acme/billing/payment",
      "/acme/billing/cancel?subscription=sub_1",
      "/acme/billing/activity",
      "/acme/settings",
      "/acme/settings/members",
      "/acme/settings/keys",
      "/acme/settings/webhooks",
      "/acme/settings/webhooks/whe_1",
      "/admin/webhooks",
      "/admin/webhooks/whe_1",
      "/acme/settings/voice",
      "/admin",
      "/admin/orgs?view=past-due",
      "/admin/orgs/org_1?tab=limits",
      "/admin/flags/new-portal?org=acme",
      "/admin/events?status=failed",
      "/admin/events/evt_1",
      "/admin/health",
      "/admin/audit",
      "/admin/messages?status=dead",
      "/admin/drift?status=open",
      "/admin/emails",
      "/api/billing/invoices/inv_1/pdf?organization=acme",
    ]
  `);
});

test('a slug or id cannot leave its path segment', () => {
  expect(paths.overview('../admin')).toBe('/..%2Fadmin/billing');
});

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  '/a\nb',
  undefined,
])('sign-in never leads to %j', (next) => {
  expect(localPath(next)).toBe('/');
});

test('sign-in leads back to a page of this console', () => {
  expect(localPath('/acme/billing/invoices?status=open')).toBe('/acme/billing/invoices?status=open');
});
