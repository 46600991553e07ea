import { TextInput } from '@mantine/core';
import type { Plan } from '../../app/views.ts';

export interface AgreedDraft {
  plan: string;
  interval: 'month' | 'year';
  price: string;
  periods: string;
  reason: string;
  /** By feature; "unlimited" is an empty limit of a feature that the plan does not leave open. */
  limits: Readonly<Record<string, { limit: string; unitPrice: string }>>;
}

export const emptyAgreed: AgreedDraft = {
  plan: '',
  interval: 'month',
  price: '',
  periods: '12',
  reason: '',
  limits: {},
};

const whole = /^\d{1,15}$/;
const decimal = /^\d{1,12}(\.\d{1,12})?$/;
const nothing = { limit: '', unitPrice: '' };

interface TailoredLimitsProps {
  plan: Plan;
  draft: AgreedDraft;
  onChange: (part: Partial<AgreedDraft>) => void;
}

/** One row for each feature with a quantity: what is included, and what each further unit costs. */
export function TailoredLimits({ plan, draft, onChange }: TailoredLimitsProps) {
  return (
    <fieldset className="mg-fieldset">
      <legend className="mg-strong">Limits</legend>
      {countable(plan).map(({ feature, name, kind }) => {
        const own = draft.limits[feature] ?? nothing;
        const set = (part: Partial<typeof own>) =>
          onChange({ limits: { ...draft.limits, [feature]: { ...own, ...part } } });
        return (
          <div key={feature} className="mg-agreed-limit">
            <TextInput
              label={name}
              placeholder="unlimited"
              inputMode="numeric"
              value={own.limit}
              onChange={(event) => set({ limit: event.currentTarget.value.trim() })}
              error={own.limit === '' || whole.test(own.limit) ? null : 'A whole number.'}
            />
            {kind === 'metered' ? (
              <TextInput
                label="Each further one"
                aria-label={`Each further one (${name})`}
                placeholder="refused"
                inputMode="decimal"
                value={own.unitPrice}
                onChange={(event) => set({ unitPrice: event.currentTarget.value.trim() })}
                error={own.unitPrice === '' || decimal.test(own.unitPrice) ? null : 'A plain number.'}
              />
            ) : null}
          </div>
        );
      })}
    </fieldset>
  );
}

/** Everything with a quantity is agreed: a number, or no ceiling. */
export function agreedLimits(plan: Plan, { limits }: AgreedDraft) {
  return countable(plan).map(({ feature }) => {
    const { limit, unitPrice } = limits[feature] ?? nothing;
    return {
      feature,
      limit: limit === '' ? null : limit,
      unitPrice: unitPrice === '' ? null : unitPrice,
    };
  });
}

export function isComplete(plan: Plan, { limits }: AgreedDraft): boolean {
  return countable(plan).every(({ feature }) => {
    const { limit, unitPrice } = limits[feature] ?? nothing;
    return (limit === '' || whole.test(limit)) && (unitPrice === '' || decimal.test(unitPrice));
  });
}

function countable({ entitlements }: Plan) {
  return entitlements.filter(({ kind }) => kind === 'metered' || kind === 'allocated');
}
