import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Subscription } from '../../app/views.ts';
import { Amount, unitPriceText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { collectionText } from '../../components/collection-text.ts';
import { dateText } from '../../components/date-text.ts';
import { discountText } from '../../components/discount-text.ts';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { Facts } from '../../ui/Facts.tsx';

export function SubscriptionsBlock({ query }: { query: BlockQuery<Subscription[]> }) {
  const { slug } = useOrganization();
  return (
    <Block
      title="Plan"
      subject="the subscription"
      query={query}
      shape="lines"
      actions={<AppLink to={paths.plans(slug)}>Plans</AppLink>}
    >
      {(subscriptions) =>
        subscriptions.length === 0 ? (
          <Checklist />
        ) : (
          subscriptions.map((subscription) => (
            <SubscriptionCard
              key={subscription.id}
              subscription={subscription}
              isOneOfMany={subscriptions.length > 1}
            />
          ))
        )
      }
    </Block>
  );
}

interface SubscriptionCardProps {
  subscription: Subscription;
  isOneOfMany: boolean;
}

function SubscriptionCard({ subscription, isOneOfMany }: SubscriptionCardProps) {
  const { slug, timeZone } = useOrganization();
  const undo = useMutation(
    trpc.subscriptions.undoScheduledChange.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(),
    }),
  );
  const { scheduledChange, cancelAt, pausedAt } = subscription;
  return (
    <div className="mg-sub">
      <div className="mg-sub-head">
        <span className="mg-sub-name">{subscription.planName}</span>
        <span className="mg-tag">{subscription.family}</span>
        <StatusBadge status={cancelAt === null ? subscription.status : 'cancels'} />
      </div>
      <SubscriptionFacts subscription={subscription} isOneOfMany={isOneOfMany} />
      {scheduledChange === null ? null : (
        <p className="mg-row">
          → {scheduledChange.planName} on {dateText(scheduledChange.at, timeZone)}
          <Button
            size="compact-xs"
            variant="default"
            loading={undo.isPending}
            onClick={() => undo.mutate({ organization: slug, subscriptionId: subscription.id })}
          >
            Undo
          </Button>
        </p>
      )}
      {undo.error === null ? null : (
        <p role="alert" className="mg-field-error">
          {showError(undo.error).text}
        </p>
      )}
      {cancelAt === null && pausedAt === null ? null : (
        <ButtonLink
          size="compact-sm"
          variant="default"
          to={paths.cancel(slug, { subscription: subscription.id })}
        >
          {pausedAt === null ? 'Keep my plan' : 'Resume'}
        </ButtonLink>
      )}
    </div>
  );
}

function Checklist() {
  const { slug, role } = useOrganization();
  const steps = [
    ['Choose a plan', paths.plans(slug)],
    ['Create an API key', role === 'member' ? null : paths.apiKeys(slug)],
    ['Send a first usage event', paths.usage(slug)],
    ['Invite your team', paths.members(slug)],
  ] as const;
  return (
    <ol className="mg-checklist">
      {steps.map(([label, to], index) => (
        <li key={label}>
          <span className="mg-checklist-step mg-figure">{index + 1}</span>
          {to === null ? <span>{label}</span> : <AppLink to={to}>{label}</AppLink>}
        </li>
      ))}
    </ol>
  );
}

function SubscriptionFacts({ subscription, isOneOfMany }: SubscriptionCardProps) {
  const { slug, timeZone } = useOrganization();
  const { recurring } = subscription;
  return (
    <Facts
      facts={[
        ...(isOneOfMany
          ? []
          : [
              [
                'Billing period',
                <PeriodLabel key="p" period={subscription.currentPeriod} timeZone={timeZone} />,
              ] as const,
            ]),
        [
          subscription.interval === 'month' ? 'Per month, without usage' : 'Per year, without usage',
          recurring === null ? (
            '—'
          ) : (
            <Amount key="a" minor={recurring.amountMinor} currency={recurring.currency} />
          ),
        ],
        ...subscription.items
          .filter((item) => item.quantity !== null && item.kind !== 'base')
          .map(
            (item) =>
              [
                `${item.description}s`,
                item.kind === 'seat' ? (
                  <AppLink key={item.priceKey} to={paths.seats(slug)}>
                    {quantityText(item.quantity)} seats
                  </AppLink>
                ) : (
                  <span key={item.priceKey} className="mg-figure">
                    {quantityText(item.quantity)}
                  </span>
                ),
              ] as const,
          ),
        ...agreedPriceFacts(subscription, timeZone),
        ...subscription.discounts.map(
          (discount) =>
            ['Discount', discountText(discount, { currency: subscription.currency, timeZone })] as const,
        ),
        ...(subscription.collectionPause === null
          ? []
          : [['Collection', collectionText(subscription.collectionPause, timeZone)] as const]),
        nextDate(subscription, timeZone),
      ]}
    />
  );
}

/** Prices that were agreed, or that end with the running period; what the plan says needs no words. */
function agreedPriceFacts({ items, currency, currentPeriod }: Subscription, timeZone: string) {
  return items.flatMap(({ description, price }) => {
    if (price === null) return [];
    const { unitPrice, planPrice, nextUnitPrice } = price;
    if (unitPrice === planPrice && nextUnitPrice === unitPrice) return [];
    const now = `${unitPriceText(unitPrice, currency)}${unitPrice === planPrice ? '' : ` instead of ${unitPriceText(planPrice, currency)}`}`;
    const next =
      nextUnitPrice === unitPrice
        ? ''
        : `; ${unitPriceText(nextUnitPrice, currency)} from ${dateText(currentPeriod.end, timeZone)}`;
    return [[`Price of ${description}, agreed`, `${now}${next}`] as const];
  });
}

function nextDate({ cancelAt, pausedAt, currentPeriod }: Subscription, timeZone: string) {
  if (pausedAt !== null) return ['Paused since', dateText(pausedAt, timeZone)] as const;
  if (cancelAt !== null) return ['Ends', dateText(cancelAt, timeZone)] as const;
  return ['Next invoice', dateText(currentPeriod.end, timeZone)] as const;
}
