import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type ParsedLocation,
  redirect,
} from '@tanstack/react-router';
import { paths } from './app/paths.ts';
import { queryClient } from './app/query-client.ts';
import { sessionOptions } from './app/session.ts';
import { showError } from './app/show-error.ts';
import type { Session } from './app/views.ts';
import { NotFoundPage, PageFailed, PagePending } from './layouts/page-states.tsx';

async function requireSession(location: ParsedLocation): Promise<Session> {
  try {
    return await queryClient.ensureQueryData(sessionOptions());
  } catch (error) {
    if (showError(error).kind !== 'signed_out') throw error;
    throw redirect({
      href: paths.signIn({ next: location.href === paths.home() ? undefined : location.href }),
    });
  }
}

/** Where a signed-in person starts: their last organization, the admin console, or making the first one. */
function startOf(session: Session): string {
  const last = session.organizations.find(({ slug }) => slug === session.lastOrganizationSlug);
  const first = last ?? session.organizations.find(({ viewAs }) => viewAs === null);
  if (first !== undefined) return paths.overview(first.slug);
  return session.user.staffRole === null ? paths.onboarding() : paths.adminHome();
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

const home = ['/', '/billing'].map((path) =>
  createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: async ({ location }) => {
      throw redirect({ href: startOf(await requireSession(location)) });
    },
  }),
);

const open = [
  page('/sign-in', () => import('./features/sign-in/SignInPage.tsx'), 'SignInPage'),
  page('/sign-up', () => import('./features/sign-in/SignUpPage.tsx'), 'SignUpPage'),
  page('/forgot-password', () => import('./features/sign-in/ForgotPasswordPage.tsx'), 'ForgotPasswordPage'),
  page('/reset-password', () => import('./features/sign-in/ResetPasswordPage.tsx'), 'ResetPasswordPage'),
];

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: ({ location }) => requireSession(location).then(() => undefined),
  component: Outlet,
});
const plainPage = pageBelow(() => signedIn);
const plain = [
  plainPage('/onboarding', () => import('./features/onboarding/OnboardingPage.tsx'), 'OnboardingPage'),
  plainPage(
    '/invitations/$token',
    () => import('./features/onboarding/InvitationPage.tsx'),
    'InvitationPage',
  ),
  plainPage(
    '/checkout/start',
    () => import('./features/checkout/CheckoutStartPage.tsx'),
    'CheckoutStartPage',
  ),
  plainPage(
    '/return/checkout',
    () => import('./features/checkout/CheckoutReturnPage.tsx'),
    'CheckoutReturnPage',
  ),
  plainPage('/return/portal', () => import('./features/checkout/PortalReturnPage.tsx'), 'PortalReturnPage'),
];

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  beforeLoad: ({ location }) => requireSession(location).then(() => undefined),
  component: lazyRouteComponent(() => import('./layouts/AdminLayout.tsx'), 'AdminLayout'),
});
const adminPage = pageBelow(() => admin);
const adminPages = [
  adminPage('/', () => import('./features/admin-home/AdminHomePage.tsx'), 'AdminHomePage'),
  adminPage(
    '/orgs',
    () => import('./features/admin-organizations/OrganizationsPage.tsx'),
    'OrganizationsPage',
  ),
  adminPage(
    '/orgs/$organization',
    () => import('./features/admin-organizations/OrganizationPage.tsx'),
    'OrganizationPage',
  ),
  adminPage('/revenue', () => import('./features/admin-revenue/RevenuePage.tsx'), 'RevenuePage'),
  adminPage('/cases', () => import('./features/admin-cases/CasesPage.tsx'), 'CasesPage'),
  adminPage('/catalog', () => import('./features/admin-catalog/CatalogPage.tsx'), 'CatalogPage'),
  adminPage('/flags', () => import('./features/admin-flags/FlagsPage.tsx'), 'FlagsPage'),
  adminPage('/flags/$flag', () => import('./features/admin-flags/FlagPage.tsx'), 'FlagPage'),
  adminPage('/events', () => import('./features/admin-events/EventsPage.tsx'), 'EventsPage'),
  adminPage('/events/$event', () => import('./features/admin-events/EventPage.tsx'), 'EventPage'),
  adminPage('/health', () => import('./features/admin-health/HealthPage.tsx'), 'HealthPage'),
  adminPage('/audit', () => import('./features/admin-audit/AuditPage.tsx'), 'AuditPage'),
  adminPage('/webhooks', () => import('./features/webhooks/WebhooksPage.tsx'), 'AdminWebhooksPage'),
  adminPage('/webhooks/$endpoint', () => import('./features/webhooks/WebhookPage.tsx'), 'AdminWebhookPage'),
  adminPage('/messages', () => import('./features/admin-outbox/MessagesPage.tsx'), 'MessagesPage'),
  adminPage('/drift', () => import('./features/admin-drift/DriftPage.tsx'), 'DriftPage'),
  adminPage('/emails', () => import('./features/admin-events/EmailsPage.tsx'), 'EmailsPage'),
];

const organization = createRoute({
  getParentRoute: () => root,
  path: '/$org',
  beforeLoad: async ({ location, params }) => {
    const session = await requireSession(location);
    if (!session.organizations.some(({ slug, id }) => slug === params.org || id === params.org)) {
      throw redirect({ href: paths.home(), replace: true });
    }
  },
  component: lazyRouteComponent(() => import('./layouts/OrganizationLayout.tsx'), 'OrganizationLayout'),
});
const organizationPage = pageBelow(() => organization);
const organizationPages = [
  organizationPage('/billing', () => import('./features/overview/OverviewPage.tsx'), 'OverviewPage'),
  organizationPage('/billing/usage', () => import('./features/usage/UsagePage.tsx'), 'UsagePage'),
  organizationPage('/billing/usage/$meter', () => import('./features/usage/MeterPage.tsx'), 'MeterPage'),
  organizationPage('/billing/limits', () => import('./features/limits/LimitsPage.tsx'), 'LimitsPage'),
  organizationPage('/billing/plans', () => import('./features/plans/PlansPage.tsx'), 'PlansPage'),
  organizationPage('/billing/change', () => import('./features/plans/ChangePlanPage.tsx'), 'ChangePlanPage'),
  organizationPage('/billing/cancel', () => import('./features/plans/CancelPage.tsx'), 'CancelPage'),
  organizationPage('/billing/seats', () => import('./features/seats/SeatsPage.tsx'), 'SeatsPage'),
  organizationPage('/billing/clients', () => import('./features/clients/ClientsPage.tsx'), 'ClientsPage'),
  organizationPage('/billing/invoices', () => import('./features/invoices/InvoicesPage.tsx'), 'InvoicesPage'),
  organizationPage(
    '/billing/invoices/$invoice',
    () => import('./features/invoices/InvoicePage.tsx'),
    'InvoicePage',
  ),
  organizationPage(
    '/billing/invoices/$invoice/lines/$line',
    () => import('./features/invoices/LinePage.tsx'),
    'LinePage',
  ),
  organizationPage(
    '/billing/payment',
    () => import('./features/payments/PaymentMethodsPage.tsx'),
    'PaymentMethodsPage',
  ),
  organizationPage(
    '/billing/details',
    () => import('./features/payments/BillingDetailsPage.tsx'),
    'BillingDetailsPage',
  ),
  organizationPage('/billing/activity', () => import('./features/activity/ActivityPage.tsx'), 'ActivityPage'),
  organizationPage(
    '/settings',
    () => import('./features/settings/OrganizationSettingsPage.tsx'),
    'OrganizationSettingsPage',
  ),
  organizationPage('/settings/members', () => import('./features/settings/MembersPage.tsx'), 'MembersPage'),
  organizationPage('/settings/keys', () => import('./features/settings/ApiKeysPage.tsx'), 'ApiKeysPage'),
  organizationPage(
    '/settings/webhooks',
    () => import('./features/webhooks/WebhooksPage.tsx'),
    'WebhooksPage',
  ),
  organizationPage(
    '/settings/webhooks/$endpoint',
    () => import('./features/webhooks/WebhookPage.tsx'),
    'WebhookPage',
  ),
  organizationPage('/settings/voice', () => import('./features/settings/VoicePage.tsx'), 'VoicePage'),
];

/** One lazily loaded page of everybody. */
function page<M extends Record<string, unknown>, N extends keyof M & string>(
  path: string,
  load: () => Promise<M>,
  name: N,
) {
  return pageBelow(() => root)(path, load, name);
}

/** The same below a parent that decides who may enter. */
// biome-ignore lint/suspicious/noExplicitAny: the router infers a different type for every parent
function pageBelow(parent: () => any) {
  return <M extends Record<string, unknown>, N extends keyof M & string>(
    path: string,
    load: () => Promise<M>,
    name: N,
  ) => createRoute({ getParentRoute: parent, path, component: lazyRouteComponent(load, name) });
}

export const router = createRouter({
  routeTree: root.addChildren([
    ...home,
    ...open,
    signedIn.addChildren(plain),
    admin.addChildren(adminPages),
    organization.addChildren(organizationPages),
  ]),
  // Values of the address stay text: an organization named "123" must not become a number.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(
      Object.entries(search).map(([key, value]) => [key, String(value)]),
    ).toString();
    return text === '' ? '' : `?${text}`;
  },
  scrollRestoration: true,
  defaultPendingMs: 150,
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: NotFoundPage,
});
