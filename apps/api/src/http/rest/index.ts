import { budgetRoutes } from './budgets.routes.ts';
import { clientLimitRoutes } from './client-limits.routes.ts';
import { clientRoutes } from './clients.routes.ts';
import { dashboardRoutes } from './dashboard.routes.ts';
import { entitlementRoutes } from './entitlements.routes.ts';
import { flagRoutes } from './flags.routes.ts';
import { invoiceLineRoutes } from './invoice-lines.routes.ts';
import { invoiceRoutes } from './invoices.routes.ts';
import { limitRoutes } from './limits.routes.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { paymentMethodRoutes } from './payment-methods.routes.ts';
import type { RestRoute } from './route.ts';
import { subscriptionEndingRoutes } from './subscription-endings.routes.ts';
import { subscriptionRoutes } from './subscriptions.routes.ts';
import { usageRoutes } from './usage.routes.ts';
import { usageBackfillRoutes } from './usage-backfills.routes.ts';
import { usageCorrectionRoutes } from './usage-corrections.routes.ts';
import { usageInvoiceRoutes } from './usage-invoices.routes.ts';
import { voiceRoutes } from './voice.routes.ts';

/** Every REST route; the router, the OpenAPI document and the example test are made from this list. */
export const restRoutes: readonly RestRoute[] = [
  ...organizationRoutes,
  ...clientRoutes,
  ...voiceRoutes,
  ...flagRoutes,
  ...dashboardRoutes,
  ...invoiceRoutes,
  ...invoiceLineRoutes,
  ...paymentMethodRoutes,
  ...usageInvoiceRoutes,
  ...usageRoutes,
  ...usageCorrectionRoutes,
  ...usageBackfillRoutes,
  ...limitRoutes,
  ...clientLimitRoutes,
  ...budgetRoutes,
  ...entitlementRoutes,
  ...subscriptionRoutes,
  ...subscriptionEndingRoutes,
];
