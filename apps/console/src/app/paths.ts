/** Values that are empty or undefined are left out, so that a default view has a short address. */
export type Query = Readonly<Record<string, string | undefined>>;

function at(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, value);
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

function segment(value: string): string {
  return encodeURIComponent(value);
}

/** The only place where addresses of the console are written. */
export const paths = {
  home: () => '/',
  signIn: (query?: { next?: string | undefined; ended?: '1' }) => at('/sign-in', query),
  signUp: (query?: { next?: string | undefined }) => at('/sign-up', query),
  forgotPassword: () => '/forgot-password',
  resetPassword: () => '/reset-password',
  onboarding: () => '/onboarding',
  invitation: (token: string) => `/invitations/${segment(token)}`,
  checkoutStart: (query: { organization: string; family: string; plan: string; interval?: string }) =>
    at('/checkout/start', query),
  checkoutReturn: (query: { session_id?: string; org?: string }) => at('/return/checkout', query),

  overview: (org: string) => `/${segment(org)}/billing`,
  usage: (org: string, query?: Query) => at(`/${segment(org)}/billing/usage`, query),
  meter: (org: string, meter: string, query?: Query) =>
    at(`/${segment(org)}/billing/usage/${segment(meter)}`, query),
  limits: (org: string, query?: { client?: string }) => at(`/${segment(org)}/billing/limits`, query),
  plans: (org: string, query?: { family?: string; canceled?: string }) =>
    at(`/${segment(org)}/billing/plans`, query),
  change: (org: string, query: Query) => at(`/${segment(org)}/billing/change`, query),
  seats: (org: string) => `/${segment(org)}/billing/seats`,
  clients: (org: string, query?: Query) => at(`/${segment(org)}/billing/clients`, query),
  invoices: (org: string, query?: Query) => at(`/${segment(org)}/billing/invoices`, query),
  invoice: (org: string, invoice: string) => `/${segment(org)}/billing/invoices/${segment(invoice)}`,
  invoiceLine: (org: string, invoice: string, line: string) =>
    `/${segment(org)}/billing/invoices/${segment(invoice)}/lines/${segment(line)}`,
  paymentMethods: (org: string) => `/${segment(org)}/billing/payment`,
  billingDetails: (org: string) => `/${segment(org)}/billing/details`,
  cancel: (org: string, query?: { subscription?: string }) => at(`/${segment(org)}/billing/cancel`, query),
  activity: (org: string, query?: Query) => at(`/${segment(org)}/billing/activity`, query),
  settings: (org: string) => `/${segment(org)}/settings`,
  members: (org: string) => `/${segment(org)}/settings/members`,
  apiKeys: (org: string) => `/${segment(org)}/settings/keys`,
  webhooks: (org: string) => `/${segment(org)}/settings/webhooks`,
  webhook: (org: string, endpoint: string) => `/${segment(org)}/settings/webhooks/${segment(endpoint)}`,
  voice: (org: string) => `/${segment(org)}/settings/voice`,

  adminHome: () => '/admin',
  adminOrganizations: (query?: Query) => at('/admin/orgs', query),
  adminOrganization: (org: string, query?: { tab?: string }) => at(`/admin/orgs/${segment(org)}`, query),
  adminRevenue: (query?: Query) => at('/admin/revenue', query),
  adminCases: (query?: Query) => at('/admin/cases', query),
  adminFlags: (query?: Query) => at('/admin/flags', query),
  adminFlag: (flag: string, query?: { org?: string }) => at(`/admin/flags/${segment(flag)}`, query),
  adminEvents: (query?: Query) => at('/admin/events', query),
  adminEvent: (event: string) => `/admin/events/${segment(event)}`,
  adminHealth: () => '/admin/health',
  adminAudit: (query?: Query) => at('/admin/audit', query),
  adminCatalog: () => '/admin/catalog',
  adminMessages: (query?: Query) => at('/admin/messages', query),
  adminDrift: (query?: Query) => at('/admin/drift', query),
  adminEmails: () => '/admin/emails',
  adminWebhooks: () => '/admin/webhooks',
  adminWebhook: (endpoint: string) => `/admin/webhooks/${segment(endpoint)}`,

  /** Served by the API: our own PDF of an invoice, for the signed-in session. */
  invoicePdf: (org: string, invoice: string) =>
    at(`/api/billing/invoices/${segment(invoice)}/pdf`, { organization: org }),
  /** One of our own numbered documents. */
  statementPdf: (org: string, number: string) =>
    at(`/api/billing/usage-statements/${segment(number)}/pdf`, { organization: org }),
  /** The events that a line of usage counts, as CSV. */
  lineEventsCsv: (org: string, invoice: string, line: string) =>
    at(`/api/billing/invoices/${segment(invoice)}/lines/${segment(line)}/events.csv`, { organization: org }),
} as const;

/** Where sign-in may lead: a path of this origin. Anything else (`//host`, `https:`, `\\`) leads home. */
export function localPath(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || next.startsWith('//')) return paths.home();
  if (next.includes('\\') || hasControlCharacter(next)) return paths.home();
  return next;
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => (character.codePointAt(0) ?? 0) < 32);
}
