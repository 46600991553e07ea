// Every required field of these objects that is null, empty or false until something sets it (API 2026-10-28.endive).
export const blankProduct = {
  object: 'product',
  active: false,
  description: null,
  images: [],
  livemode: false,
  marketing_features: [],
  metadata: {},
  package_dimensions: null,
  shippable: null,
  tax_details: null,
  url: null,
};

export const blankPrice = {
  object: 'price',
  active: false,
  custom_unit_amount: null,
  livemode: false,
  lookup_key: null,
  metadata: {},
  nickname: null,
  recurring: null,
  tax_behavior: null,
  tiers_mode: null,
  transform_quantity: null,
  unit_amount: null,
  unit_amount_decimal: null,
};

export const blankPlan = {
  object: 'plan',
  active: false,
  amount: null,
  amount_decimal: null,
  livemode: false,
  metadata: null,
  meter: null,
  nickname: null,
  product: null,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
};

export const blankCoupon = {
  object: 'coupon',
  amount_off: null,
  currency: null,
  duration_in_months: null,
  livemode: false,
  max_redemptions: null,
  metadata: null,
  name: null,
  percent_off: null,
  redeem_by: null,
  valid: false,
};

export const blankPromotionCode = {
  object: 'promotion_code',
  active: false,
  customer: null,
  customer_account: null,
  expires_at: null,
  livemode: false,
  max_redemptions: null,
  metadata: null,
  restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
};

export const blankDiscount = {
  object: 'discount',
  checkout_session: null,
  customer: null,
  customer_account: null,
  end: null,
  invoice: null,
  invoice_item: null,
  promotion_code: null,
  subscription: null,
  subscription_item: null,
};

export const blankTaxRate = {
  object: 'tax_rate',
  active: false,
  country: null,
  description: null,
  effective_percentage: null,
  flat_amount: null,
  inclusive: false,
  jurisdiction: null,
  jurisdiction_level: null,
  livemode: false,
  metadata: null,
  rate_type: null,
  state: null,
  tax_type: null,
};

export const blankEntitlementsFeature = {
  object: 'entitlements.feature',
  active: false,
  livemode: false,
  metadata: {},
};
