import { entitlementRoutes } from './entitlements.routes.ts';
import { invoiceRoutes } from './invoices.routes.ts';
import { limitRoutes } from './limits.routes.ts';
import type { RestRoute } from './route.ts';
import { subscriptionRoutes } from './subscriptions.routes.ts';
import { usageRoutes } from './usage.routes.ts';

/** Every REST route; the router, the OpenAPI document and the example test are made from this list. */
export const restRoutes: readonly RestRoute[] = [
  ...invoiceRoutes,
  ...usageRoutes,
  ...limitRoutes,
  ...entitlementRoutes,
  ...subscriptionRoutes,
];
