import {
  type EntitlementQuantities,
  entitlementsOf,
  keyedPricesOf,
  type PlanVersion,
  type ProductFamily,
  planVersionOf,
  rateUsage,
  suggestUpgrade,
  usagePriceOf,
} from '@metergate/core';
import { describe, expect, it } from 'vitest';
import { agency, agentLeads, agentStudio, allFamilies, loadFamilies, voiceOps, voiceWords } from './index.ts';

const at = new Date('2026-06-01T00:00:00Z');
const nobody: EntitlementQuantities = { clients: 0, seats: 0 };

function planOf(family: ProductFamily, key: string): PlanVersion {
  const version = planVersionOf(family, key);
  if (version === undefined) throw new Error(`${family.key} has no plan ${key}`);
  return version;
}

/** `feature: "500 overage"`, `"unlimited block"`, `"on"`: one line a feature, as a person would note it. */
function granted(family: ProductFamily, key: string, quantities = nobody): Record<string, string> {
  const entries = [...entitlementsOf({ planVersion: planOf(family, key), quantities, at })];
  return Object.fromEntries(
    entries.map(([feature, entitlement]) => {
      if (entitlement.kind === 'boolean') return [feature, entitlement.isEnabled ? 'on' : 'off'];
      if (entitlement.kind === 'config') return [feature, String(entitlement.value)];
      const { limit } = entitlement;
      return [feature, `${limit.kind === 'unlimited' ? 'unlimited' : limit.quantity} ${entitlement.onLimit}`];
    }),
  );
}

/** Lookup key → unit price with its billing, every price of the plan. */
function priced(family: ProductFamily, key: string): Record<string, string> {
  return Object.fromEntries(
    keyedPricesOf(planOf(family, key)).map(({ key: lookup, component, price }) => {
      if (price.model !== 'flat' && price.model !== 'per_unit')
        throw new Error('no tiers in these catalogues');
      const billing = component.kind === 'usage' ? ` ${component.billing}` : '';
      return [lookup, `${price.model} ${price.unitPrice}${billing}`];
    }),
  );
}

function chargeMinor(terms: {
  family: ProductFamily;
  plan: string;
  feature: string;
  quantity: string;
  quantities?: EntitlementQuantities;
  currency?: string;
}): bigint {
  const planVersion = planOf(terms.family, terms.plan);
  const found = entitlementsOf({ planVersion, quantities: terms.quantities ?? nobody, at }).get(
    terms.feature,
  );
  if (found?.kind !== 'metered') throw new Error(`${terms.feature} is not metered`);
  const usage = usagePriceOf(planVersion, found, terms.currency ?? 'USD');
  return usage === undefined ? 0n : rateUsage(usage.price, terms.quantity).totalMinor;
}

describe('agency', () => {
  it('costs $99 a month plus $49 a month for each client', () => {
    expect(priced(agency, 'agency')).toEqual({
      mg_agency_agency_v1_base_month_usd: 'flat 99',
      mg_agency_agency_v1_client_month_usd: 'per_unit 49',
      mg_agency_agency_v1_message_month_usd: 'per_unit 0.01 invoice_item',
      mg_agency_agency_v1_voice_transcription_month_usd: 'per_unit 0.05 invoice_item',
    });
    expect(agency.addOns).toEqual([{ key: 'client', name: 'Client', counts: 'clients' }]);
  });

  it('includes 5 000 messages plus 1 000 per client, 500 transcriptions and 5 locations per client', () => {
    expect(granted(agency, 'agency')).toEqual({
      message: '5000 overage',
      voice_transcription: '500 overage',
      diagnostic_view: 'unlimited block',
      clients: 'unlimited block',
      locations: '0 block',
    });
    expect(granted(agency, 'agency', { clients: 7, seats: 0 })).toMatchObject({
      message: '12000 overage',
      voice_transcription: '500 overage',
      locations: '35 block',
    });
  });

  it('charges messages beyond the included ones at a cent and transcriptions at five', () => {
    const base = { family: agency, plan: 'agency' };
    expect(chargeMinor({ ...base, feature: 'message', quantity: '5000' })).toBe(0n);
    expect(chargeMinor({ ...base, feature: 'message', quantity: '5123' })).toBe(123n);
    const quantities = { clients: 2, seats: 0 };
    expect(chargeMinor({ ...base, feature: 'message', quantity: '7100', quantities })).toBe(100n);
    expect(chargeMinor({ ...base, feature: 'voice_transcription', quantity: '510' })).toBe(50n);
    expect(chargeMinor({ ...base, feature: 'diagnostic_view', quantity: '1000000' })).toBe(0n);
  });
});

describe('voice-ops', () => {
  const switchesOf = (plan: string) =>
    Object.entries(granted(voiceOps, plan))
      .filter(([, value]) => value === 'on')
      .map(([feature]) => feature);
  const limitsOf = (plan: string) =>
    Object.entries(granted(voiceOps, plan))
      .filter(([, value]) => value !== 'on' && value !== 'off')
      .map(([feature, value]) => `${feature} ${value}`);

  it('costs nothing, $49, $149 or what sales agrees', () => {
    expect(voiceOps.plans.map(({ key, offer }) => `${key} ${offer}`)).toEqual([
      'free free',
      'pro self_service',
      'business self_service',
      'enterprise contact_sales',
    ]);
    expect(priced(voiceOps, 'pro')).toEqual({
      'mg_voice-ops_pro_v1_base_month_usd': 'flat 49',
      'mg_voice-ops_pro_v1_call_month_usd': 'per_unit 0.1 invoice_item',
      'mg_voice-ops_pro_v1_minute_month_usd': 'per_unit 0.02 invoice_item',
      'mg_voice-ops_pro_v1_transcription_month_usd': 'per_unit 0.05 invoice_item',
      'mg_voice-ops_pro_v1_translation_month_usd': 'per_unit 0.08 invoice_item',
    });
    expect(priced(voiceOps, 'business')).toMatchObject({
      'mg_voice-ops_business_v1_base_month_usd': 'flat 149',
      'mg_voice-ops_business_v1_call_month_usd': 'per_unit 0.1 invoice_item',
      'mg_voice-ops_business_v1_minute_month_usd': 'per_unit 0.02 invoice_item',
      'mg_voice-ops_business_v1_transcription_month_usd': 'per_unit 0.05 invoice_item',
      'mg_voice-ops_business_v1_translation_month_usd': 'per_unit 0.08 invoice_item',
    });
    expect([priced(voiceOps, 'free'), priced(voiceOps, 'enterprise')]).toEqual([{}, {}]);
  });

  it('limits calls, minutes, transcriptions and translations as the price list says', () => {
    const unlimitedPlan = ['call', 'minute', 'transcription', 'translation', 'ai_run'];
    expect(limitsOf('free')).toEqual([
      'call 0 block',
      'minute 0 block',
      'transcription 0 block',
      'translation 0 block',
      'ai_run unlimited block',
    ]);
    expect(limitsOf('pro')).toEqual([
      'call 500 overage',
      'minute 5000 overage',
      'transcription 500 overage',
      'translation 0 block',
      'ai_run unlimited block',
    ]);
    expect(limitsOf('business')).toEqual([
      'call 2000 overage',
      'minute 20000 overage',
      'transcription 2000 overage',
      'translation 2000 overage',
      'ai_run unlimited block',
    ]);
    expect(limitsOf('enterprise')).toEqual(unlimitedPlan.map((feature) => `${feature} unlimited block`));
  });

  it('switches features on from the plan they belong to upwards', () => {
    const pro = ['can_record', 'can_transcribe', 'survey'];
    const business = [...pro, 'can_translate', 'can_use_secret_shopper', 'voice_cloning'];
    expect(switchesOf('free')).toEqual([]);
    expect(switchesOf('pro')).toEqual(pro);
    expect(switchesOf('business')).toEqual(business);
    expect(switchesOf('enterprise')).toEqual([...business, 'sso', 'api_access', 'dedicated_support']);
  });

  it('stays open in an outage throughout, and refuses translation while payment is restricted', () => {
    const all = voiceOps.plans.flatMap(({ entitlements }) => entitlements);
    expect(new Set(all.map(({ onUnavailable }) => onUnavailable))).toEqual(new Set(['open']));
    const restricted = all.filter((e) => e.isRestrictedWhenPastDue).map(({ feature }) => feature);
    expect(new Set(restricted)).toEqual(new Set(['translation', 'can_translate']));
  });

  it('names the call in every event and rounds its seconds up to minutes', () => {
    expect(voiceOps.meters.every(({ subject }) => subject === 'call')).toBe(true);
    expect(voiceOps.meters.find(({ key }) => key === 'minute')?.roundsUp).toEqual({
      property: 'durationSeconds',
      per: '60',
    });
  });

  it('suggests the plan that lifts a limit', () => {
    const need = { quantities: nobody, needed: '1', currency: 'USD' };
    expect(suggestUpgrade(voiceOps, { ...need, currentPlan: 'free', feature: 'call' })?.plan).toBe('pro');
    expect(suggestUpgrade(voiceOps, { ...need, currentPlan: 'pro', feature: 'translation' })?.plan).toBe(
      'business',
    );
    expect(suggestUpgrade(voiceOps, { ...need, currentPlan: 'business', feature: 'sso' })?.plan).toBe(
      'enterprise',
    );
  });
});

describe('agent-studio', () => {
  it('costs $49 per user and month or $490 per user and year', () => {
    expect(priced(agentStudio, 'pro')).toEqual({
      'mg_agent-studio_pro_v1_user_month_usd': 'per_unit 49',
      'mg_agent-studio_pro_v1_user_year_usd': 'per_unit 490',
    });
    expect(agentStudio.plans.map(({ offer }) => offer)).toEqual(['free', 'self_service', 'contact_sales']);
  });

  it('limits users to the seats bought, and everything else by plan; all limits block', () => {
    expect(granted(agentStudio, 'free')).toEqual({
      users: '3 block',
      agents: '10 block',
      execution: '10000 block',
      storage_gb: '1 block',
      gateways: '1 block',
    });
    expect(granted(agentStudio, 'pro', { clients: 0, seats: 12 })).toEqual({
      users: '12 block',
      agents: '100 block',
      execution: '100000 block',
      storage_gb: '100 block',
      gateways: '10 block',
    });
    expect(new Set(Object.values(granted(agentStudio, 'enterprise')))).toEqual(new Set(['0 block']));
  });
});

describe('voice-words', () => {
  it.each([
    ['basic', '29'],
    ['pro', '99'],
  ])('%s costs $%s a month plus $1.00 per 1 000 words, rated here to the word', (plan, monthly) => {
    expect(priced(voiceWords, plan)).toEqual({
      [`mg_voice-words_${plan}_v1_base_month_usd`]: `flat ${monthly}`,
      [`mg_voice-words_${plan}_v1_stt_words_month_usd`]: 'per_unit 0.001 invoice_item',
      [`mg_voice-words_${plan}_v1_tts_words_month_usd`]: 'per_unit 0.001 invoice_item',
    });
    expect(granted(voiceWords, plan)).toEqual({ stt_words: 'unlimited block', tts_words: 'unlimited block' });
    const base = { family: voiceWords, plan, feature: 'stt_words' };
    expect(chargeMinor({ ...base, quantity: '1000' })).toBe(100n);
    expect(chargeMinor({ ...base, quantity: '12345' })).toBe(1235n);
  });
});

describe('agent-leads', () => {
  it('is sold in four currencies', () => {
    expect(priced(agentLeads, 'starter')).toEqual({
      'mg_agent-leads_starter_v1_base_month_usd': 'flat 29',
      'mg_agent-leads_starter_v1_base_month_eur': 'flat 29',
      'mg_agent-leads_starter_v1_base_month_jpy': 'flat 4300',
      'mg_agent-leads_starter_v1_base_month_kwd': 'flat 9',
    });
    expect(priced(agentLeads, 'growth')).toEqual({
      'mg_agent-leads_growth_v1_base_month_usd': 'flat 99',
      'mg_agent-leads_growth_v1_base_month_eur': 'flat 99',
      'mg_agent-leads_growth_v1_base_month_jpy': 'flat 14800',
      'mg_agent-leads_growth_v1_base_month_kwd': 'flat 31',
      'mg_agent-leads_growth_v1_lead_qualified_month_usd': 'per_unit 2 stripe_meter',
      'mg_agent-leads_growth_v1_lead_qualified_month_eur': 'per_unit 2 stripe_meter',
      'mg_agent-leads_growth_v1_lead_qualified_month_jpy': 'per_unit 300 stripe_meter',
      'mg_agent-leads_growth_v1_lead_qualified_month_kwd': 'per_unit 0.65 stripe_meter',
    });
  });

  it('blocks starter after 100 leads and charges growth for each', () => {
    expect(granted(agentLeads, 'starter')).toEqual({ lead_qualified: '100 block' });
    expect(granted(agentLeads, 'growth')).toEqual({ lead_qualified: 'unlimited block' });
    const lead = { family: agentLeads, plan: 'growth', feature: 'lead_qualified', quantity: '3' };
    expect(['USD', 'EUR', 'JPY', 'KWD'].map((currency) => chargeMinor({ ...lead, currency }))).toEqual([
      600n,
      600n,
      900n,
      1950n,
    ]);
    expect(
      suggestUpgrade(agentLeads, {
        currentPlan: 'starter',
        feature: 'lead_qualified',
        needed: '101',
        quantities: nobody,
        currency: 'KWD',
      })?.plan,
    ).toBe('growth');
  });

  it('pauses at once when a payment fails', () => {
    expect(agentLeads.paymentFailure).toMatchObject({ suspendedAfterDays: 0, canceledAfterDays: 30 });
  });
});

describe('all families', () => {
  it('are five, without trials, each price under its own key', () => {
    expect(allFamilies.map(({ key }) => key)).toEqual([
      'agency',
      'voice-ops',
      'agent-studio',
      'voice-words',
      'agent-leads',
    ]);
    const plans = allFamilies.flatMap((family) => family.plans.map(({ key }) => planOf(family, key)));
    expect(plans.every(({ trialDays }) => trialDays === 0)).toBe(true);
    const keys = plans.flatMap((plan) => keyedPricesOf(plan).map(({ key }) => key));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([agency, voiceOps, agentStudio, voiceWords])(
    '$key steps down after 7, 14 and 30 days',
    (family) => {
      expect(family.paymentFailure).toMatchObject({
        restrictedAfterDays: 7,
        suspendedAfterDays: 14,
        canceledAfterDays: 30,
      });
    },
  );

  it('are loaded by name, in catalogue order; an unknown name is refused', () => {
    expect(loadFamilies()).toBe(allFamilies);
    expect(loadFamilies([])).toBe(allFamilies);
    expect(loadFamilies(['agent-leads', 'agency']).map(({ key }) => key)).toEqual(['agency', 'agent-leads']);
    expect(() => loadFamilies(['toString'])).toThrow(expect.objectContaining({ code: 'FAMILY_UNKNOWN' }));
  });
});
