import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankBillingPortalConfiguration, blankBillingPortalSession } from '../../shapes/sessions.ts';
import type { PortalConfigurationRow } from '../../store/session-rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isRecord, type Params } from '../../wire/params.ts';
import { customerNow, type World } from '../../world.ts';
import { requireCustomer } from '../find.ts';

const DEFAULT_FEATURES = {
  customer_update: { allowed_updates: ['email', 'name'], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: true,
      feedback_options: null,
      options: ['too_expensive', 'missing_features', 'unused', 'other'],
    },
    enabled: true,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: null,
    proration_behavior: 'create_prorations',
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: 'continue_trial',
  },
};

function newConfiguration(world: World, params: Params | null, isDefault: boolean): PortalConfigurationRow {
  const created = world.clock.nowSeconds();
  const configuration = world.store.put('billing_portal.configuration', {
    ...blankBillingPortalConfiguration,
    id: newId('bpc'),
    active: true,
    business_profile: {
      headline: params?.sub('business_profile')?.textOrNull('headline') ?? null,
      privacy_policy_url: params?.sub('business_profile')?.textOrNull('privacy_policy_url') ?? null,
      terms_of_service_url: params?.sub('business_profile')?.textOrNull('terms_of_service_url') ?? null,
    },
    created,
    default_return_url: params?.textOrNull('default_return_url') ?? null,
    features: readFeatures(params, DEFAULT_FEATURES),
    is_default: isDefault,
    login_page: { enabled: false, url: null },
    metadata: params ? mergeMetadata({}, params) : {},
    updated: created,
  });
  emit(world, 'billing_portal.configuration.created', configuration);
  return configuration;
}

/** Form flags are text; features are stored with real booleans. */
function readFeatures(params: Params | null, before: Record<string, unknown>): Record<string, unknown> {
  const sent = params?.sub('features')?.raw ?? {};
  const merged = { ...before };
  for (const [name, value] of Object.entries(sent)) {
    const current = merged[name];
    if (isRecord(value)) merged[name] = { ...(isRecord(current) ? current : {}), ...typed(value) };
  }
  return merged;
}

function typed(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typedValue(key, inner)]));
}

function typedValue(name: string, value: unknown): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  if (name === 'products' && Array.isArray(value)) return value.filter(isRecord).map(offeredProduct);
  return value;
}

function offeredProduct(entry: Record<string, unknown>) {
  const adjustable = isRecord(entry.adjustable_quantity) ? entry.adjustable_quantity : {};
  return {
    adjustable_quantity: {
      enabled: adjustable.enabled === 'true',
      maximum: adjustable.maximum === undefined ? null : Number(adjustable.maximum),
      minimum: Number(adjustable.minimum ?? 1),
    },
    prices: entry.prices,
    product: entry.product,
  };
}

export function defaultConfiguration(world: World): PortalConfigurationRow {
  return (
    world.store.all('billing_portal.configuration').find((row) => row.is_default) ??
    newConfiguration(world, null, true)
  );
}

function requireConfiguration(world: World, id: string, param = 'id'): PortalConfigurationRow {
  const configuration = world.store.get('billing_portal.configuration', id);
  if (!configuration) throw noSuchObject('billing portal configuration', id, param);
  return configuration;
}

function createSession({ world, params }: Call) {
  const customer = requireCustomer(world, params.requireText('customer'), 'customer');
  const configurationId = params.text('configuration');
  const configuration = configurationId
    ? requireConfiguration(world, configurationId, 'configuration')
    : defaultConfiguration(world);
  const flow = params.sub('flow_data');
  const secret = randomText(40);
  const session = world.store.put('billing_portal.session', {
    ...blankBillingPortalSession,
    id: newId('bps'),
    configuration: configuration.id,
    created: customerNow(world, customer.id),
    customer: customer.id,
    flow: flow
      ? {
          after_completion: flow.sub('after_completion')?.raw ?? {
            hosted_confirmation: null,
            redirect: null,
            type: 'portal_homepage',
          },
          customer_update: flow.sub('customer_update')?.raw ?? null,
          subscription_pause: flow.sub('subscription_pause')?.raw ?? null,
          subscription_cancel: flow.sub('subscription_cancel')?.raw ?? null,
          subscription_update: flow.sub('subscription_update')?.raw ?? null,
          subscription_update_confirm: confirmOf(flow),
          type: flow.requireText('type'),
        }
      : null,
    locale: params.textOrNull('locale'),
    return_url: params.textOrNull('return_url') ?? configuration.default_return_url,
    url: `${world.url}/p/session/${secret}`,
    _secret: secret,
  });
  emit(world, 'billing_portal.session.created', session);
  return session;
}

function confirmOf(flow: Params) {
  const wanted = flow.sub('subscription_update_confirm');
  if (!wanted) return null;
  const items = (wanted.subs('items') ?? []).map((item) => ({
    id: item.textOrNull('id'),
    price: item.textOrNull('price'),
    ...(item.has('quantity') ? { quantity: item.requireInteger('quantity') } : {}),
  }));
  const discounts = wanted.subs('discounts')?.map((entry) => ({
    coupon: entry.textOrNull('coupon'),
    promotion_code: entry.textOrNull('promotion_code'),
  }));
  return { discounts: discounts ?? null, items, subscription: wanted.requireText('subscription') };
}

function updateConfiguration({ world, params, id }: Call) {
  const before = requireConfiguration(world, id);
  const after = world.store.put('billing_portal.configuration', {
    ...before,
    active: params.flag('active') ?? before.active,
    default_return_url: params.has('default_return_url')
      ? params.textOrNull('default_return_url')
      : before.default_return_url,
    features: readFeatures(params, before.features),
    metadata: mergeMetadata({ ...Object(before.metadata) }, params),
    updated: world.clock.nowSeconds(),
  });
  emitChange(world, 'billing_portal.configuration.updated', { before, after });
  return after;
}

export const portalRoutes: Route[] = [
  { method: 'POST', path: '/v1/billing_portal/sessions', handler: createSession },
  {
    method: 'POST',
    path: '/v1/billing_portal/configurations',
    handler: ({ world, params }) =>
      newConfiguration(world, params, world.store.count('billing_portal.configuration') === 0),
  },
  {
    method: 'GET',
    path: '/v1/billing_portal/configurations',
    handler: ({ world, params }) =>
      listOf(world, 'billing_portal.configuration', { params, url: '/v1/billing_portal/configurations' }),
  },
  {
    method: 'GET',
    path: '/v1/billing_portal/configurations/:id',
    handler: ({ world, id }) => requireConfiguration(world, id),
  },
  { method: 'POST', path: '/v1/billing_portal/configurations/:id', handler: updateConfiguration },
];
