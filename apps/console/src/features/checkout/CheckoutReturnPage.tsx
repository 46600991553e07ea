import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { CheckoutReturn } from '../../app/views.ts';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { ErrorBlock } from '../../ui/ErrorBlock.tsx';
import { Notice } from '../../ui/Notice.tsx';

const pollMs = 1500;
const patienceMs = 60_000;

/** The server reads the session from Stripe itself; reloading or going back here is harmless. */
export function CheckoutReturnPage() {
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const session = useSession();
  const candidates = orderedSlugs(session, search.org);
  // Without the organization in the address the session may belong to any of the buyer's organizations.
  const [tried, setTried] = useState(0);
  const organization = candidates[tried] ?? candidates[0] ?? '';
  const query = useQuery(
    trpc.subscriptions.checkoutReturn.queryOptions(
      { organization, sessionId: search.session_id ?? '' },
      {
        retry: false,
        refetchInterval: ({ state }) =>
          state.data === undefined || state.data.state === 'confirming' ? pollMs : false,
      },
    ),
  );
  const failure = query.error === null ? null : showError(query.error);
  useEffect(() => {
    if (failure?.kind === 'not_found' && tried < candidates.length - 1) setTried(tried + 1);
  }, [failure?.kind, tried, candidates.length]);
  useEffect(() => {
    if (query.data?.state === 'done')
      void queryClient.invalidateQueries(trpc.subscriptions.list.queryFilter());
  }, [query.data?.state]);
  const isWaiting = query.data === undefined || query.data.state === 'confirming';
  const isLate = useIsLate(isWaiting);
  return (
    <PlainLayout wide>
      <PageHeader title={titleOf(query.data)} context="" />
      <div className="mg-stack" aria-live="polite">
        {failure !== null && query.data === undefined && tried >= candidates.length - 1 ? (
          <ErrorBlock error={failure} subject="the payment" onRetry={query.refetch} />
        ) : (
          <State answer={query.data} organization={organization} isLate={isLate} />
        )}
      </div>
    </PlainLayout>
  );
}

interface StateProps {
  answer: CheckoutReturn | undefined;
  organization: string;
  isLate: boolean;
}

function State({ answer, organization, isLate }: StateProps) {
  if (answer === undefined || answer.state === 'confirming') {
    return <Waiting organization={organization} isLate={isLate} />;
  }
  switch (answer.state) {
    case 'done':
      return (
        <>
          <Notice tone="ok" role="status">
            {answer.planName} is active. A receipt comes by e-mail for every payment.
          </Notice>
          <div className="mg-row">
            <ButtonLink to={paths.overview(organization)}>Go to the overview</ButtonLink>
            <ButtonLink variant="default" to={paths.invoices(organization)}>
              See the invoice
            </ButtonLink>
          </div>
        </>
      );
    case 'needs_action':
      return (
        <>
          <Notice tone="warning">
            Your bank asks you to approve the payment. The plan starts as soon as you have.
          </Notice>
          {answer.actionUrl === null ? null : (
            <div className="mg-row">
              <a className="mg-strong" href={answer.actionUrl}>
                Approve at the bank
              </a>
            </div>
          )}
        </>
      );
    case 'not_paid':
      return (
        <>
          <Notice tone="danger">
            The payment did not go through. Nothing was charged and your plan has not changed.
          </Notice>
          <Again organization={organization} answer={answer} label="Try again" />
        </>
      );
    case 'expired':
      return (
        <>
          <Notice tone="info">
            The payment page was open too long and has expired. Nothing was charged.
          </Notice>
          <Again organization={organization} answer={answer} label="Start again" />
        </>
      );
  }
}

function Again({
  organization,
  answer,
  label,
}: {
  organization: string;
  answer: CheckoutReturn;
  label: string;
}) {
  return (
    <div className="mg-row">
      <ButtonLink to={paths.checkoutStart({ organization, family: answer.family, plan: answer.plan })}>
        {label}
      </ButtonLink>
      <ButtonLink variant="default" to={paths.plans(organization)}>
        See plans
      </ButtonLink>
    </div>
  );
}

function titleOf(answer: CheckoutReturn | undefined): string {
  switch (answer?.state) {
    case 'done':
      return 'Paid';
    case 'needs_action':
      return 'Your bank needs you';
    case 'not_paid':
      return 'Not paid';
    case 'expired':
      return 'Payment page expired';
    default:
      return 'Confirming the payment';
  }
}

function useIsLate(isWaiting: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isWaiting && isLate;
}

function orderedSlugs(session: ReturnType<typeof useSession>, named: string | undefined): string[] {
  const own = session.organizations.filter((organization) => organization.mayBuy).map(({ slug }) => slug);
  const first = named ?? session.lastOrganizationSlug;
  return first === null || first === undefined ? own : [first, ...own.filter((slug) => slug !== first)];
}

function Waiting({ organization, isLate }: { organization: string; isLate: boolean }) {
  return (
    <>
      <p className="mg-row">
        <Loader size="sm" aria-hidden /> Waiting for the bank’s answer. This takes a few seconds.
      </p>
      <Notice tone="info">
        {isLate
          ? 'This takes longer than usual. It is safe to leave: we e-mail you. Do not pay again; you will not be charged twice.'
          : 'Do not pay again. Reloading this page is safe.'}
      </Notice>
      {isLate ? (
        <ButtonLink variant="default" to={paths.overview(organization)}>
          Go to the overview
        </ButtonLink>
      ) : null}
    </>
  );
}
