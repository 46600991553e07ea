import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { Block } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { LimitBar } from '../../ui/LimitBar.tsx';
import { AutoBuySeats } from './AutoBuySeats.tsx';
import { SeatForm } from './SeatForm.tsx';
import { type SeatPlan, seatPlansOf } from './seat-plans.ts';

/** What is bought, what is used, and how to get more or fewer. */
export function SeatsPage() {
  const { slug: organization, name } = useOrganization();
  const subscriptions = useQuery(trpc.subscriptions.list.queryOptions({ organization, includeEnded: false }));
  const limits = useQuery(trpc.limits.list.queryOptions({ organization }));
  const families = useQuery(trpc.catalog.forOrganization.queryOptions({ organization }));
  return (
    <>
      <PageHeader
        title="Seats"
        context={name}
        lead="Plans priced per person: how many seats you pay for, and how many people use one."
      />
      <Block title="Seats" subject="seats" query={subscriptions} hideTitle>
        {(list) => (
          <SeatPlans
            plans={seatPlansOf({
              subscriptions: list,
              limits: limits.data ?? [],
              families: families.data ?? [],
            })}
          />
        )}
      </Block>
    </>
  );
}

function SeatPlans({ plans }: { plans: readonly SeatPlan[] }) {
  const { slug } = useOrganization();
  if (plans.length === 0) {
    return (
      <EmptyState
        reason="never"
        title="None of your plans has seats"
        action={<ButtonLink to={paths.plans(slug)}>See plans</ButtonLink>}
      >
        Plans that are priced per person show here how many seats are bought and used.
      </EmptyState>
    );
  }
  return (
    <div className="mg-stack-lg">
      {plans.map((plan) => (
        <SeatsOf key={plan.subscription.id} plan={plan} />
      ))}
      <AutoBuySeats plans={plans} />
    </div>
  );
}

function SeatsOf({ plan }: { plan: SeatPlan }) {
  const { subscription, bought, used, free, percent } = plan;
  return (
    <div className="mg-grid" data-align="start">
      <div data-span="6" className="mg-stack">
        <h3 className="mg-sub-name">
          {subscription.planName} <span className="mg-tag">{subscription.family}</span>
        </h3>
        <LimitBar percent={percent} label="Seats" />
        <Facts
          facts={[
            ['Bought', quantityText(String(bought))],
            ['Used', used === null ? 'not reported yet' : quantityText(used)],
            ['Free', free === null ? '—' : quantityText(String(free))],
          ]}
        />
        <p className="mg-muted mg-caption mg-measure">
          Your product reports how many people use a seat. Nobody is removed here: take people out there
          first, then release their seats.
        </p>
      </div>
      <div data-span="6">
        <SeatForm plan={plan} />
      </div>
    </div>
  );
}
