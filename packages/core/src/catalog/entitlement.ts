import { z } from 'zod';
import { quantityInputSchema } from '../shared/money/quantity.ts';
import { catalogKeySchema } from './catalog-key.ts';

export const onLimitSchema = z.enum(['block', 'overage', 'warn']);
export type OnLimit = z.infer<typeof onLimitSchema>;
/** What is answered while the database cannot be reached. */
export const onUnavailableSchema = z.enum(['open', 'closed']);
export type OnUnavailable = z.infer<typeof onUnavailableSchema>;
export const resetSchema = z.enum(['billing_period', 'day', 'hour']);
export type Reset = z.infer<typeof resetSchema>;

/** How much a plan grants. `custom` is agreed per organization and granted by an override; nothing until then. */
export const includedSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unlimited') }),
  z.strictObject({
    kind: z.literal('limited'),
    base: quantityInputSchema,
    /** Added once per active client. */
    perClient: quantityInputSchema.optional(),
    /** Added once per seat bought. */
    perSeat: quantityInputSchema.optional(),
  }),
  z.strictObject({ kind: z.literal('custom') }),
]);
export type Included = z.infer<typeof includedSchema>;

const common = {
  feature: catalogKeySchema,
  onUnavailable: onUnavailableSchema.optional(),
  /** Refused while payment is overdue and access is restricted. */
  isRestrictedWhenPastDue: z.boolean().default(false),
};
const quantityTerms = {
  ...common,
  included: includedSchema,
  onLimit: onLimitSchema.default('block'),
  /** Percentages of the limit that alert, once per window. */
  thresholds: z.array(z.number().int().min(1).max(1000)).max(10).default([80, 100]),
};

const meteredSchema = z.strictObject({
  kind: z.literal('metered'),
  ...quantityTerms,
  reset: resetSchema.default('billing_period'),
});
const allocatedSchema = z.strictObject({ kind: z.literal('allocated'), ...quantityTerms });
const booleanSchema = z.strictObject({ kind: z.literal('boolean'), ...common, isEnabled: z.boolean() });
const configSchema = z.strictObject({
  kind: z.literal('config'),
  ...common,
  value: z.union([z.string().max(500), z.number(), z.boolean()]),
});

/** What a plan grants of one feature. Parsing fills in every default, so a stored one stands for itself. */
export const entitlementSchema = z
  .discriminatedUnion('kind', [meteredSchema, allocatedSchema, booleanSchema, configSchema])
  .transform((entitlement) => ({
    ...entitlement,
    onUnavailable: entitlement.onUnavailable ?? defaultOnUnavailable(entitlement),
  }));
export type Entitlement = z.output<typeof entitlementSchema>;
export type EntitlementInput = z.input<typeof entitlementSchema>;
type QuantityTerms = Omit<z.input<typeof meteredSchema>, 'kind' | 'feature' | 'reset'>;

export const unlimited: Included = { kind: 'unlimited' };
export const custom: Included = { kind: 'custom' };

/** A fixed quantity, plus what each client or seat adds. */
export function limited(base: string, perUnit: { perClient?: string; perSeat?: string } = {}): Included {
  return { kind: 'limited', base, ...perUnit };
}

export function metered(feature: string, terms: QuantityTerms & { reset?: Reset }): EntitlementInput {
  return { kind: 'metered', feature, ...terms };
}

export function allocated(feature: string, terms: QuantityTerms): EntitlementInput {
  return { kind: 'allocated', feature, ...terms };
}

/** One boolean entitlement per feature, on or off. */
export function switches(features: readonly string[], isEnabled: boolean): EntitlementInput[] {
  return features.map((feature) => ({ kind: 'boolean', feature, isEnabled }));
}

/** Limits that block guard something and stay closed; where more is merely charged or noted, work goes on. */
function defaultOnUnavailable(
  entitlement: z.output<
    typeof meteredSchema | typeof allocatedSchema | typeof booleanSchema | typeof configSchema
  >,
): OnUnavailable {
  if (entitlement.kind === 'boolean' || entitlement.kind === 'config') return 'closed';
  if (entitlement.included.kind === 'unlimited') return 'open';
  return entitlement.onLimit === 'block' ? 'closed' : 'open';
}
