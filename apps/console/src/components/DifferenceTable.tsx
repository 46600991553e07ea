import { useId } from 'react';
import type { Plan } from '../app/views.ts';
import { unitPriceText } from './Amount.tsx';
import { entitlementCell } from './entitlement-text.ts';
import './difference-table.css';

interface DifferenceTableProps {
  title: string;
  plans: readonly Plan[];
  currentPlan: string | undefined;
}

/** Every feature of every plan side by side, with what going beyond costs. */
export function DifferenceTable({ title, plans, currentPlan }: DifferenceTableProps) {
  const id = useId();
  const features = new Map(
    plans.flatMap((plan) =>
      plan.entitlements.map((entitlement) => [entitlement.feature, entitlement.name] as const),
    ),
  );
  return (
    <section className="mg-block" data-flush="true" aria-labelledby={id}>
      <div className="mg-block-head">
        <h2 id={id}>{title}</h2>
      </div>
      <div className="mg-block-body">
        <section
          className="mg-compare-frame"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={`${title}: comparison, scrolls sideways`}
        >
          <table className="mg-compare">
            <thead>
              <tr>
                <th scope="col">Feature</th>
                {plans.map((plan) => (
                  <th key={plan.plan} scope="col">
                    {plan.name}
                    {plan.plan === currentPlan ? ' (yours)' : ''}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...features].map(([feature, name]) => (
                <tr key={feature}>
                  <th scope="row">{name}</th>
                  {plans.map((plan) => (
                    <Cell key={plan.plan} plan={plan} feature={feature} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </section>
  );
}

function Cell({ plan, feature }: { plan: Plan; feature: string }) {
  const entitlement = plan.entitlements.find((candidate) => candidate.feature === feature);
  const currency = plan.prices[0]?.currency ?? 'USD';
  const overage =
    entitlement?.onLimit === 'overage' && entitlement.included !== null ? entitlement.overagePrice : null;
  return (
    <td className="mg-figure">
      {entitlementCell(plan, entitlement)}
      {overage === null || overage === undefined ? null : (
        <span className="mg-muted mg-caption"> then {unitPriceText(overage, currency)}</span>
      )}
    </td>
  );
}
