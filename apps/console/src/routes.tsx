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
const plain = [
  page(
    '/onboarding',
    () => import('./features/onboarding/OnboardingPage.tsx'),
    'OnboardingPage',
    () => signedIn,
  ),
  page(
    '/invitations/$token',
    () => import('./features/onboarding/InvitationPage.tsx'),
    'InvitationPage',
    () => signedIn,
  ),
  page(
    '/checkout/start',
    () => import('./features/checkout/CheckoutStartPage.tsx'),
    'CheckoutStartPage',
    () => signedIn,
  ),
  page(
    '/return/checkout',
    () => import('./features/checkout/CheckoutReturnPage.tsx'),
    'CheckoutReturnPage',
    () => signedIn,
  ),
  page(
    '/return/portal',
    () => import('./features/checkout/PortalReturnPage.tsx'),
    'PortalReturnPage',
    () => signedIn,
  ),
];

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  beforeLoad: ({ location }) => requireSession(location).then(() => undefined),
  component: lazyRouteComponent(() => import('./layouts/AdminLayout.tsx'), 'AdminLayout'),
});
const adminPages = [
  page(
    '/',
    () => import('./features/admin-home/AdminHomePage.tsx'),
    'AdminHomePage',
    () => admin,
  ),
  page(
    '/orgs',
    () => import('./features/admin-organizations/OrganizationsPage.tsx'),
    'OrganizationsPage',
    () => admin,
  ),
  page(
    '/orgs/$organization',
    () => import('./features/admin-organizations/OrganizationPage.tsx'),
    'OrganizationPage',
    () => admin,
  ),
  page(
    '/revenue',
    () => import('./features/admin-revenue/RevenuePage.tsx'),
    'RevenuePage',
    () => admin,
  ),
  page(
    '/cases',
    () => import('./features/admin-cases/CasesPage.tsx'),
    'CasesPage',
    () => admin,
  ),
  page(
    '/catalog',
    () => import('./features/admin-catalog/CatalogPage.tsx'),
    'CatalogPage',
    () => admin,
  ),
  page(
    '/flags',
    () => import('./features/admin-flags/FlagsPage.tsx'),
    'FlagsPage',
    () => admin,
  ),
  page(
    '/flags/$flag',
    () => import('./features/admin-flags/FlagPage.tsx'),
    'FlagPage',
    () => admin,
  ),
  page(
    '/events',
    () => import('./features/admin-events/EventsPage.tsx'),
    'EventsPage',
    () => admin,
  ),
  page(
    '/events/$event',
    () => import('./features/admin-events/EventPage.tsx'),
    'EventPage',
    () => admin,
  ),
  page(
    '/health',
    () => import('./features/admin-health/HealthPage.tsx'),
    'HealthPage',
    () => admin,
  ),
  page(
    '/audit',
    () => import('./features/admin-audit/AuditPage.tsx'),
    'AuditPage',
    () => admin,
  ),
  page(
    '/webhooks',
    () => import('./features/webhooks/WebhooksPage.tsx'),
    'AdminWebhooksPage',
    () => admin,
  ),
  page(
    '/webhooks/$endpoint',
    () => import('./features/webhooks/WebhookPage.tsx'),
    'AdminWebhookPage',
    () => admin,
  ),
  page(
    '/emails',
    () => import('./features/admin-events/EmailsPage.tsx'),
    'EmailsPage',
    () => admin,
  ),
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
const organizationPages = [
  page(
    '/billing',
    () => import('./features/overview/OverviewPage.tsx'),
    'OverviewPage',
    () => organization,
  ),
  page(
    '/billing/usage',
    () => import('./features/usage/UsagePage.tsx'),
    'UsagePage',
    () => organization,
  ),
  page(
    '/billing/usage/$meter',
    () => import('./features/usage/MeterPage.tsx'),
    'MeterPage',
    () => organization,
  ),
  page(
    '/billing/limits',
    () => import('./features/limits/LimitsPage.tsx'),
    'LimitsPage',
    () => organization,
  ),
  page(
    '/billing/plans',
    () => import('./features/plans/PlansPage.tsx'),
    'PlansPage',
    () => organization,
  ),
  page(
    '/billing/change',
    () => import('./features/plans/ChangePlanPage.tsx'),
    'ChangePlanPage',
    () => organization,
  ),
  page(
    '/billing/cancel',
    () => import('./features/plans/CancelPage.tsx'),
    'CancelPage',
    () => organization,
  ),
  page(
    '/billing/seats',
    () => import('./features/seats/SeatsPage.tsx'),
    'SeatsPage',
    () => organization,
  ),
  page(
    '/billing/clients',
    () => import('./features/clients/ClientsPage.tsx'),
    'ClientsPage',
    () => organization,
  ),
  page(
    '/billing/invoices',
    () => import('./features/invoices/InvoicesPage.tsx'),
    'InvoicesPage',
    () => organization,
  ),
  page(
    '/billing/invoices/$invoice',
    () => import('./features/invoices/InvoicePage.tsx'),
    'InvoicePage',
    () => organization,
  ),
  page(
    '/billing/invoices/$invoice/lines/$line',
    () => import('./features/invoices/LinePage.tsx'),
    'LinePage',
    () => organization,
  ),
  page(
    '/billing/payment',
    () => import('./features/payments/PaymentMethodsPage.tsx'),
    'PaymentMethodsPage',
    () => organization,
  ),
  page(
    '/billing/details',
    () => import('./features/payments/BillingDetailsPage.tsx'),
    'BillingDetailsPage',
    () => organization,
  ),
  page(
    '/billing/activity',
    () => import('./features/activity/ActivityPage.tsx'),
    'ActivityPage',
    () => organization,
  ),
  page(
    '/settings',
    () => import('./features/settings/OrganizationSettingsPage.tsx'),
    'OrganizationSettingsPage',
    () => organization,
  ),
  page(
    '/settings/members',
    () => import('./features/settings/MembersPage.tsx'),
    'MembersPage',
    () => organization,
  ),
  page(
    '/settings/keys',
    () => import('./features/settings/ApiKeysPage.tsx'),
    'ApiKeysPage',
    () => organization,
  ),
  page(
    '/settings/webhooks',
    () => import('./features/webhooks/WebhooksPage.tsx'),
    'WebhooksPage',
    () => organization,
  ),
  page(
    '/settings/webhooks/$endpoint',
    () => import('./features/webhooks/WebhookPage.tsx'),
    'WebhookPage',
    () => organization,
  ),
  page(
    '/settings/voice',
    () => import('./features/settings/VoicePage.tsx'),
    'VoicePage',
    () => organization,
  ),
];

/** One lazily loaded page; the parent decides who may enter. */
function page<M extends Record<string, unknown>, N extends keyof M & string>(
  path: string,
  load: () => Promise<M>,
  name: N,
  // biome-ignore lint/suspicious/noExplicitAny: the router infers a different type for every parent
  parent: () => any = () => root,
) {
  return createRoute({ getParentRoute: parent, path, component: lazyRouteComponent(load, name) });
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
