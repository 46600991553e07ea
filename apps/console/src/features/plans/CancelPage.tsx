import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { EndingChoices } from './EndingChoices.tsx';
import './plans.css';

const defaults = { subscription: '' };

/** One screen, one confirmation, no detour. Resuming is the same screen and one press. */
export function CancelPage() {
  const { slug: organization, name } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const query = useQuery(trpc.subscriptions.list.queryOptions({ organization, includeEnded: false }));
  return (
    <>
      <PageHeader
        title="Pause, cancel or resume"
        context={name}
        above={<AppLink to={paths.plans(organization)}>Plans</AppLink>}
      />
      <Block title="Subscription" subject="the subscription" query={query} hideTitle>
        {(subscriptions) => {
          const chosen =
            subscriptions.find(({ id }) => id === values.subscription) ??
            (subscriptions.length === 1 ? subscriptions[0] : undefined);
          if (chosen !== undefined) return <EndingChoices key={chosen.id} subscription={chosen} />;
          if (subscriptions.length === 0) {
            return (
              <EmptyState
                reason="never"
                title="There is nothing to cancel"
                action={<ButtonLink to={paths.plans(organization)}>See plans</ButtonLink>}
              >
                Your organization has no subscription.
              </EmptyState>
            );
          }
          return (
            <div className="mg-stack">
              <p>Which subscription is it about?</p>
              <ul className="mg-stack">
                {subscriptions.map((subscription) => (
                  <li key={subscription.id} className="mg-row mg-row-between">
                    <button
                      type="button"
                      className="mg-link"
                      onClick={() => set({ subscription: subscription.id })}
                    >
                      {subscription.planName}
                    </button>
                    <StatusBadge status={subscription.cancelAt === null ? subscription.status : 'cancels'} />
                  </li>
                ))}
              </ul>
            </div>
          );
        }}
      </Block>
    </>
  );
}
