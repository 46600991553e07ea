import { IconCheck } from '@tabler/icons-react';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { Plan, Subscription } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { entitlementText, isGranted } from '../../components/entitlement-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';

interface PlanCardProps {
  plan: Plan;
  current: Subscription | undefined;
  interval: 'month' | 'year';
}

const shownMax = 6;

export function PlanCard({ plan, current, interval }: PlanCardProps) {
  const isCurrent =
    current?.basePlan === plan.plan && (current.interval === interval || plan.intervals.length === 1);
  const shown = plan.entitlements.filter((entitlement) => isGranted(plan, entitlement));
  return (
    <section className="mg-plan" data-current={isCurrent} aria-label={plan.name}>
      <h2>{plan.name}</h2>
      <PlanPrice plan={plan} interval={interval} />
      <p className="mg-muted">{plan.description}</p>
      <ul className="mg-plan-list">
        {shown.slice(0, shownMax).map((entitlement) => (
          <li key={entitlement.feature}>
            <IconCheck size={16} aria-hidden />
            <span>{entitlementText(plan, entitlement)}</span>
          </li>
        ))}
      </ul>
      <PlanAction plan={plan} current={current} isCurrent={isCurrent} interval={interval} />
    </section>
  );
}

function PlanPrice({ plan, interval }: { plan: Plan; interval: 'month' | 'year' }) {
  const prices = plan.prices.filter(
    (price) => price.interval === interval && price.kind !== 'usage' && price.unitPrice !== null,
  );
  const [first, ...rest] = prices;
  if (first === undefined || first.unitPrice === null)
    return (
      <div>
        <p className="mg-plan-price">{plan.isFree ? 'Free' : 'Custom'}</p>
        <p className="mg-muted">{plan.isFree ? 'no card needed' : 'talk to us'}</p>
      </div>
    );
  return (
    <div>
      <p className="mg-plan-price mg-figure">{unitPriceText(first.unitPrice, first.currency)}</p>
      <p className="mg-muted">
        {first.unit === null ? '' : `per ${first.unit} `}per {interval}
      </p>
      {rest.map((price) => (
        <p key={price.key} className="mg-muted mg-figure">
          + {unitPriceText(price.unitPrice ?? '0', price.currency)}{' '}
          {price.unit === null ? price.description : `per ${price.unit}`} per {interval}
        </p>
      ))}
    </div>
  );
}

function PlanAction({ plan, current, isCurrent, interval }: PlanCardProps & { isCurrent: boolean }) {
  const { slug, mayBuy } = useOrganization();
  if (isCurrent) {
    return (
      <p className="mg-plan-yours">
        <StatusBadge status="active" word="Your plan" />
      </p>
    );
  }
  if (plan.isFree && !plan.selfService)
    return <p className="mg-plan-yours mg-muted">What you have without a plan</p>;
  if (!plan.selfService) {
    return (
      <GuardedButton
        fullWidth
        refusal="This plan is made for you by the platform’s staff. Talk to us."
        onClick={() => undefined}
      >
        Talk to us
      </GuardedButton>
    );
  }
  if (!mayBuy) {
    return (
      <GuardedButton
        fullWidth
        refusal="Only an owner can change the plan. Ask one of them."
        onClick={() => undefined}
      >
        Choose {plan.name}
      </GuardedButton>
    );
  }
  if (current === undefined) {
    return (
      <ButtonLink
        fullWidth
        to={paths.checkoutStart({ organization: slug, family: plan.family, plan: plan.plan, interval })}
      >
        Choose {plan.name}
      </ButtonLink>
    );
  }
  if (!current.can.changePlan.allowed) {
    return (
      <GuardedButton
        fullWidth
        refusal={current.can.changePlan.reason ?? 'Not possible right now.'}
        onClick={() => undefined}
      >
        Change to {plan.name}
      </GuardedButton>
    );
  }
  return (
    <ButtonLink fullWidth to={paths.change(slug, { family: plan.family, to: plan.plan, interval })}>
      Change to {plan.name}
    </ButtonLink>
  );
}
