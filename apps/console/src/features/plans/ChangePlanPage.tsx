import { Button, SegmentedControl } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { type ShownError, showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { Quote } from '../../app/views.ts';
import { amountText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { dateText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ErrorBlock } from '../../ui/ErrorBlock.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Skeletons } from '../../ui/Skeletons.tsx';
import { PromotionCode } from './PromotionCode.tsx';
import { QuoteReview } from './QuoteReview.tsx';
import { useCountdown } from './use-countdown.ts';
import './plans.css';

const defaults = { family: '', to: '', interval: '', at: '', quantity: '' };

/** A pinned quote: what is charged now, what comes next, what changes. The amount stands on the button. */
export function ChangePlanPage() {
  const { slug: organization, name, mayBuy } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const quote = useMutation(trpc.subscriptions.quote.mutationOptions());
  const { mutate } = quote;
  const { family, to, interval, at, quantity } = values;
  const ask = () =>
    mutate({
      organization,
      family,
      ...(to === '' ? {} : { plan: to }),
      ...(interval === 'month' || interval === 'year' ? { interval } : {}),
      ...(at === 'now' || at === 'period_end' ? { at } : {}),
      ...(quantity === '' ? {} : { quantity }),
    });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new quote only when the question changes
  useEffect(ask, [organization, family, to, interval, at, quantity]);
  return (
    <>
      <PageHeader
        title={titleOf(values, quote.data)}
        context={name}
        above={<AppLink to={paths.plans(organization, { family })}>Plans</AppLink>}
        lead="Nothing is charged before you confirm."
        actions={
          quote.data === undefined ? undefined : (
            <SegmentedControl
              aria-label="When"
              value={quote.data.at}
              onChange={(value) => set({ at: value })}
              data={[
                { value: 'now', label: 'Now' },
                { value: 'period_end', label: 'At period end' },
              ]}
            />
          )
        }
      />
      {quote.error === null ? null : (
        <ErrorBlock error={showError(quote.error)} subject="the quote" onRetry={ask} />
      )}
      {quote.isPending ? <Skeletons shape="cards" /> : null}
      {quote.data === undefined || quote.isPending ? null : (
        <Review key={quote.data.id} quote={quote.data} mayBuy={mayBuy} onRenew={ask} />
      )}
      {mayBuy ? <Code family={family} onRedeemed={ask} /> : null}
    </>
  );
}

function Code({ family, onRedeemed }: { family: string; onRedeemed: () => void }) {
  const { slug: organization } = useOrganization();
  const subscriptions = useQuery(trpc.subscriptions.list.queryOptions({ organization, includeEnded: false }));
  const current = subscriptions.data?.find((subscription) => subscription.family === family);
  return current === undefined ? null : <PromotionCode subscription={current} onRedeemed={onRedeemed} />;
}

function titleOf({ to, quantity }: typeof defaults, quote: Quote | undefined): string {
  if (to === '' && quantity !== '') return `Change to ${quantity} ${quantity === '1' ? 'seat' : 'seats'}`;
  return quote === undefined ? 'Change plan' : `Change to ${quote.planName}`;
}

interface ReviewProps {
  quote: Quote;
  mayBuy: boolean;
  onRenew: () => void;
}

function Review({ quote, mayBuy, onRenew }: ReviewProps) {
  const { slug: organization, timeZone } = useOrganization();
  const router = useRouter();
  const [isDone, setDone] = useState(false);
  const left = useCountdown(quote.expiresAt);
  const methods = useQuery(trpc.payments.methods.queryOptions({ organization }, { enabled: mayBuy }));
  const accept = useMutation(
    trpc.subscriptions.acceptQuote.mutationOptions({
      onSuccess: async (subscription) => {
        setDone(true);
        await queryClient.invalidateQueries();
        if (subscription.actionUrl === null) router.history.push(paths.overview(organization));
        else window.location.assign(subscription.actionUrl);
      },
    }),
  );
  const failure = accept.error === null ? null : showError(accept.error);
  const refusal = refusalOf(quote, mayBuy, left);
  return (
    <>
      {failure === null ? null : <Refused failure={failure} quote={quote} onRenew={onRenew} />}
      <QuoteReview
        quote={quote}
        card={methods.data?.find((method) => method.isDefault)}
        timeZone={timeZone}
      />
      <div className="mg-confirm">
        <span className="mg-muted mg-figure" role="timer">
          {left === null ? 'This quote has expired.' : `Quote valid ${left}`}
        </span>
        {left === null ? (
          <Button variant="default" onClick={onRenew}>
            Get a new quote
          </Button>
        ) : (
          <ButtonLink variant="default" to={paths.plans(organization, { family: quote.family })}>
            Back
          </ButtonLink>
        )}
        <GuardedButton
          size="md"
          refusal={failure?.kind === 'conflict' ? 'Review the new amount first.' : refusal}
          loading={accept.isPending || isDone}
          onClick={() => accept.mutate({ organization, quoteId: quote.id })}
        >
          {confirmLabel(quote, timeZone)}
        </GuardedButton>
      </div>
    </>
  );
}

function refusalOf(quote: Quote, mayBuy: boolean, left: string | null): string | null {
  if (!mayBuy) return 'Only an owner can confirm this.';
  if (quote.conflicts.length > 0) return 'Solve the conflicts first.';
  return left === null ? 'The quote has expired. Get a new one.' : null;
}

function confirmLabel(quote: Quote, timeZone: string): string {
  if (quote.at === 'period_end') return `Schedule for ${dateText(quote.effectiveAt, timeZone)}`;
  if (quote.dueNowMinor === '0') return `Change to ${quote.planName} now`;
  return `Pay ${amountText({ minor: quote.dueNowMinor, currency: quote.currency })} now`;
}

/** A moved price shows both amounts and asks again; anything else says that the old plan stands. */
function Refused({ failure, quote, onRenew }: { failure: ShownError; quote: Quote; onRenew: () => void }) {
  const { currency } = quote;
  const fresh = failure.details.currentMinor;
  const moved = failure.code === 'QUOTE_CHANGED' && typeof fresh === 'string';
  return (
    <div className="mg-notices">
      <Notice
        tone={failure.kind === 'conflict' ? 'warning' : 'danger'}
        role="alert"
        action={
          failure.kind === 'conflict' ? (
            <Button size="compact-sm" variant="default" onClick={onRenew}>
              Review the new quote
            </Button>
          ) : undefined
        }
      >
        {moved
          ? `The amount moved from ${amountText({ minor: quote.dueNowMinor, currency })} to ${amountText({ minor: fresh, currency })}. Nothing was charged. Review and confirm again.`
          : `${failure.text} Your plan has not changed.`}
        {failure.requestId === null ? null : <code> {failure.requestId}</code>}
      </Notice>
    </div>
  );
}
