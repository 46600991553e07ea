import type { AdminOrganization } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { collectionText } from '../../components/collection-text.ts';
import { dateText } from '../../components/date-text.ts';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { shortId } from '../../components/short-id.ts';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { DiscountActions } from './DiscountActions.tsx';
import { OwnPrices } from './OwnPrices.tsx';
import { StartSubscription } from './StartSubscription.tsx';
import { SubscriptionActions } from './SubscriptionActions.tsx';
import { TailoredPlan } from './TailoredPlan.tsx';
import { UsagePrices } from './UsagePrices.tsx';

interface SubscriptionsTabProps {
  organization: string;
  query: BlockQuery<AdminOrganization>;
}

export function SubscriptionsTab({ organization, query }: SubscriptionsTabProps) {
  return (
    <div className="mg-stack-lg">
      <Block
        title="Subscriptions"
        subject="subscriptions"
        query={query}
        actions={
          <span className="mg-row">
            <TailoredPlan organization={organization} />
            <StartSubscription organization={organization} />
          </span>
        }
      >
        {({ subscriptions, organization: { timeZone } }) =>
          subscriptions.length === 0 ? (
            <EmptyState reason="never" title="No subscription">
              The organization has not chosen a plan.
            </EmptyState>
          ) : (
            <div className="mg-grid">
              {subscriptions.map((subscription) => (
                <div key={subscription.id} data-span="6" className="mg-stack">
                  <div className="mg-row mg-row-between">
                    <h3 className="mg-strong">{subscription.planName}</h3>
                    <StatusBadge status={subscription.status} />
                  </div>
                  <Facts
                    facts={[
                      ['Family', subscription.family],
                      ['Plan version', String(subscription.planVersion)],
                      ['Access', <StatusBadge key="access" status={subscription.access} />],
                      [
                        'Billing period',
                        <PeriodLabel key="period" period={subscription.currentPeriod} timeZone={timeZone} />,
                      ],
                      [
                        `Per ${subscription.interval}`,
                        subscription.recurring === null ? (
                          '—'
                        ) : (
                          <Amount
                            key="amount"
                            minor={subscription.recurring.amountMinor}
                            currency={subscription.recurring.currency}
                          />
                        ),
                      ],
                      ...subscription.items
                        .filter((item) => item.kind !== 'base' && item.quantity !== null)
                        .map((item) => [`${item.description}s`, item.quantity] as const),
                      ['Trial ends', dateText(subscription.trialEndsAt, timeZone)],
                      ['Paused since', dateText(subscription.pausedAt, timeZone)],
                      ['Collection', collectionText(subscription.collectionPause, timeZone)],
                      ['Past due since', dateText(subscription.pastDueSince, timeZone)],
                      [
                        'Access narrows',
                        subscription.nextAccessStep === null
                          ? '—'
                          : `${subscription.nextAccessStep.access} on ${dateText(subscription.nextAccessStep.at, timeZone)}`,
                      ],
                      ['Ends', dateText(subscription.cancelAt, timeZone)],
                      [
                        'Scheduled',
                        subscription.scheduledChange === null
                          ? '—'
                          : `${subscription.scheduledChange.planName} on ${dateText(subscription.scheduledChange.at, timeZone)}`,
                      ],
                      ['Id', <CopyText key="id" text={subscription.id} shown={shortId(subscription.id)} />],
                    ]}
                  />
                  <DiscountActions
                    organization={organization}
                    subscription={subscription}
                    timeZone={timeZone}
                  />
                  <SubscriptionActions organization={organization} subscription={subscription} />
                </div>
              ))}
            </div>
          )
        }
      </Block>
      <OwnPrices organization={organization} />
      <UsagePrices organization={organization} />
    </div>
  );
}
