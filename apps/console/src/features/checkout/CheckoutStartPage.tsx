import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { Content } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Notice.tsx';

/** The summary before leaving for the payment page: price, renewal, cancellation, where the way leads. */
export function CheckoutStartPage() {
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const session = useSession();
  const access =
    session.organizations.find(({ slug }) => slug === search.organization) ??
    session.organizations.find(({ slug }) => slug === session.lastOrganizationSlug) ??
    session.organizations[0];
  const organization = access?.slug ?? '';
  const families = useQuery(
    trpc.catalog.forOrganization.queryOptions({ organization }, { enabled: access !== undefined }),
  );
  const checkout = useMutation(
    trpc.subscriptions.checkout.mutationOptions({ onSuccess: ({ url }) => window.location.assign(url) }),
  );
  const interval = search.interval === 'year' ? 'year' : 'month';
  return (
    <PlainLayout wide>
      <PageHeader title="Before you pay" context={access?.name ?? ''} lead={access?.name} />
      {checkout.error === null ? null : (
        <div className="mg-notices">
          <Notice tone="danger" role="alert">
            {showError(checkout.error).text}
          </Notice>
        </div>
      )}
      <div className="mg-plain-panel">
        <Content query={families} subject="the plan" shape="lines">
          {(list) => {
            const plan = list
              .flatMap((family) => family.plans)
              .find((candidate) => candidate.plan === search.plan && candidate.family === search.family);
            if (plan === undefined || access === undefined) {
              return (
                <EmptyState
                  reason="filtered"
                  title="This plan is not offered"
                  action={<ButtonLink to={paths.plans(organization)}>See plans</ButtonLink>}
                />
              );
            }
            const prices = plan.prices.filter(
              (price) => price.interval === interval && price.unitPrice !== null,
            );
            return (
              <div className="mg-stack">
                <h2 className="mg-strong">{plan.name}</h2>
                <Facts
                  facts={[
                    ...prices.map(
                      (price) =>
                        [
                          price.description,
                          `${unitPriceText(price.unitPrice ?? '0', price.currency)}${price.unit === null ? '' : ` per ${price.unit}`}`,
                        ] as const,
                    ),
                    ['Billed', interval === 'month' ? 'every month, in advance' : 'every year, in advance'],
                    ['Tax', 'added on the payment page where it applies'],
                    ['Cancel', 'any time, to the end of what is paid'],
                  ]}
                />
                <p className="mg-muted">
                  The card is entered on the payment page of Stripe, in this tab. You come back here
                  afterwards.
                </p>
                <div className="mg-row mg-row-end">
                  <ButtonLink variant="default" to={paths.plans(organization, { family: plan.family })}>
                    Back
                  </ButtonLink>
                  <GuardedButton
                    refusal={access.mayBuy ? null : 'Only an owner can buy a plan.'}
                    loading={checkout.isPending || checkout.isSuccess}
                    onClick={() =>
                      checkout.mutate({ organization, family: plan.family, plan: plan.plan, interval })
                    }
                  >
                    Continue to payment
                  </GuardedButton>
                </div>
              </div>
            );
          }}
        </Content>
      </div>
    </PlainLayout>
  );
}
