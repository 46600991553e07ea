import { Button } from '@mantine/core';
import { IconCreditCard, IconExternalLink } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { PaymentMethod } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Notice } from '../../ui/Notice.tsx';

export function PaymentMethodsPage() {
  const { slug: organization, name, role, mayBuy } = useOrganization();
  const query = useQuery(trpc.payments.methods.queryOptions({ organization }));
  const options = { onSuccess: () => queryClient.invalidateQueries() };
  const setDefault = useMutation(trpc.payments.setDefault.mutationOptions(options));
  const remove = useMutation(trpc.payments.remove.mutationOptions(options));
  const add = useMutation(
    trpc.payments.add.mutationOptions({ onSuccess: ({ url }) => window.location.assign(url) }),
  );
  const failure = setDefault.error ?? remove.error ?? add.error;
  const notOwner = role === 'owner' ? null : 'Only an owner changes cards.';
  return (
    <>
      <PageHeader
        title="Payment methods"
        context={name}
        lead="Cards are entered on the payment page of Stripe; we keep brand, last digits and expiry only."
        actions={
          <GuardedButton
            refusal={mayBuy ? null : 'Only an owner adds cards.'}
            loading={add.isPending || add.isSuccess}
            rightSection={<IconExternalLink size={16} aria-hidden />}
            onClick={() => add.mutate({ organization, returnPath: paths.paymentMethods(organization) })}
          >
            Add a card
          </GuardedButton>
        }
      />
      {failure === null ? null : (
        <div className="mg-notices">
          <Notice tone="danger" role="alert">
            {showError(failure).text}
          </Notice>
        </div>
      )}
      <Block title="Cards" subject="cards" query={query} shape="table" flush hideTitle>
        {(methods) =>
          methods.length === 0 ? (
            <EmptyState reason="never" title="No card yet">
              A card is asked for when you choose a paid plan.
            </EmptyState>
          ) : (
            <DataTable
              caption="Payment methods"
              rows={methods}
              rowKey={(row) => row.id}
              columns={[
                {
                  key: 'card',
                  header: 'Card',
                  phone: 'title',
                  render: (row) => (
                    <span className="mg-row">
                      <IconCreditCard size={18} stroke={1.75} aria-hidden />
                      <span className="mg-strong mg-figure">
                        {brandText(row.brand)} ending {row.last4}
                      </span>
                      {row.isDefault ? <span className="mg-tag">Default</span> : null}
                    </span>
                  ),
                },
                {
                  key: 'expires',
                  header: 'Expires',
                  render: (row) => <span className="mg-figure">{expiryText(row)}</span>,
                },
                {
                  key: 'state',
                  header: 'State',
                  phone: 'value',
                  render: (row) => <StatusBadge status={row.expiry} />,
                },
                {
                  key: 'do',
                  header: '',
                  align: 'end',
                  render: (row) => (
                    <span className="mg-row mg-row-end">
                      {row.isDefault ? null : (
                        <GuardedButton
                          size="compact-sm"
                          variant="subtle"
                          refusal={notOwner}
                          loading={setDefault.isPending}
                          onClick={() => setDefault.mutate({ organization, paymentMethodId: row.id })}
                        >
                          Make default
                        </GuardedButton>
                      )}
                      {notOwner === null ? (
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          color="danger"
                          loading={remove.isPending}
                          onClick={() => remove.mutate({ organization, paymentMethodId: row.id })}
                        >
                          Remove<span className="mg-sr-only"> card ending {row.last4}</span>
                        </Button>
                      ) : null}
                    </span>
                  ),
                },
              ]}
            />
          )
        }
      </Block>
    </>
  );
}

function brandText(brand: string): string {
  return brand.charAt(0).toUpperCase() + brand.slice(1).replaceAll('_', ' ');
}

function expiryText({ expMonth, expYear }: PaymentMethod): string {
  return `${String(expMonth).padStart(2, '0')} / ${expYear}`;
}
