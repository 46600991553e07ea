import { Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { Subscription } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { dateText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Notice } from '../../ui/Notice.tsx';
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
        title="Cancel or resume"
        context={name}
        above={<AppLink to={paths.plans(organization)}>Plans</AppLink>}
      />
      <Block title="Subscription" subject="the subscription" query={query} hideTitle>
        {(subscriptions) => {
          const chosen =
            subscriptions.find(({ id }) => id === values.subscription) ??
            (subscriptions.length === 1 ? subscriptions[0] : undefined);
          if (chosen !== undefined) return <Consequences key={chosen.id} subscription={chosen} />;
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
            <ul className="mg-changes">
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
          );
        }}
      </Block>
    </>
  );
}

function Consequences({ subscription }: { subscription: Subscription }) {
  const { slug: organization, timeZone, mayBuy } = useOrganization();
  const [reason, setReason] = useState('');
  const options = { onSuccess: () => queryClient.invalidateQueries() };
  const cancel = useMutation(trpc.subscriptions.cancel.mutationOptions(options));
  const resume = useMutation(trpc.subscriptions.resume.mutationOptions(options));
  const failure = cancel.error ?? resume.error;
  const notOwner = mayBuy ? null : 'Only an owner can do this.';
  const lastDay = dateText(
    new Date(Date.parse(subscription.cancelAt ?? subscription.currentPeriod.end) - 1).toISOString(),
    timeZone,
  );
  const refusalOf = (permission: Subscription['can']['cancel']) =>
    notOwner ?? (permission.allowed ? null : (permission.reason ?? 'Not possible right now.'));
  return (
    <div className="mg-stack">
      {failure === null ? null : (
        <Notice tone="danger" role="alert">
          {showError(failure).text}
        </Notice>
      )}
      <h3 className="mg-strong">{subscription.planName}</h3>
      {subscription.cancelAt === null ? (
        <>
          <WhatHappens lastDay={lastDay} isPastDue={subscription.status === 'past_due'} />
          <Textarea
            label="Why? (optional)"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            className="mg-measure"
          />
          <div className="mg-confirm">
            <ButtonLink variant="default" to={paths.overview(organization)}>
              Keep my plan
            </ButtonLink>
            <GuardedButton
              color="danger"
              refusal={refusalOf(subscription.can.cancel)}
              loading={cancel.isPending}
              onClick={() =>
                cancel.mutate({
                  organization,
                  subscriptionId: subscription.id,
                  at: 'period_end',
                  ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
                })
              }
            >
              Cancel on {lastDay}
            </GuardedButton>
          </div>
        </>
      ) : (
        <Ending
          lastDay={lastDay}
          refusal={refusalOf(subscription.can.resume)}
          isPending={resume.isPending}
          onResume={() => resume.mutate({ organization, subscriptionId: subscription.id })}
        />
      )}
    </div>
  );
}

function WhatHappens({ lastDay, isPastDue }: { lastDay: string; isPastDue: boolean }) {
  return (
    <ul className="mg-consequences mg-measure">
      <li>
        The plan stays as it is until {lastDay}. You keep what you paid for; nothing is refunded for that
        time.
      </li>
      <li>One last invoice lists usage beyond what is included up to that day.</li>
      <li>Then sending stops. Your data and every invoice stay readable.</li>
      {isPastDue ? <li>The open invoice stays due; canceling does not stop its collection.</li> : null}
      <li>Until {lastDay} one press takes the cancellation back.</li>
    </ul>
  );
}

interface EndingProps {
  lastDay: string;
  refusal: string | null;
  isPending: boolean;
  onResume: () => void;
}

function Ending({ lastDay, refusal, isPending, onResume }: EndingProps) {
  return (
    <>
      <Notice tone="warning" role="status">
        Ends on {lastDay}. Until then everything works as before.
      </Notice>
      <div className="mg-row">
        <GuardedButton refusal={refusal} loading={isPending} onClick={onResume}>
          Keep my plan
        </GuardedButton>
      </div>
    </>
  );
}
