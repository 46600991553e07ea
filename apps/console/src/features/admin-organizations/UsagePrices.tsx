import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { UsagePrice } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { dateText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

/** What a unit costs this organization: by its plan, and by its own price from the day it was agreed. */
export function UsagePrices({ organization }: { organization: string }) {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  const query = useQuery(trpc.admin.subscriptions.prices.queryOptions({ organization }));
  const [chosen, setChosen] = useState<UsagePrice | null>(null);
  const [ended, setEnded] = useState<UsagePrice | null>(null);
  const end = useMutation(
    trpc.admin.subscriptions.endPrice.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        setEnded(null);
      },
    }),
  );
  return (
    <Block title="Prices of usage" subject="prices" query={query} shape="table" flush>
      {(prices) =>
        prices.length === 0 ? (
          <EmptyState reason="never" title="Nothing is charged per unit">
            Prices per unit come with a plan that charges for usage.
          </EmptyState>
        ) : (
          <>
            <DataTable
              caption="Prices of usage"
              rows={prices}
              rowKey={(row) => `${row.family}/${row.feature}`}
              columns={priceColumns({ refusal, onSet: setChosen, onEnd: setEnded })}
            />
            {chosen === null ? null : (
              <PriceDialog organization={organization} price={chosen} onClose={() => setChosen(null)} />
            )}
            {ended === null ? null : (
              <ReasonDialog
                title={`End the own price of ${ended.name}`}
                opened
                onClose={() => setEnded(null)}
                confirmLabel="End own price"
                tone="danger"
                isPending={end.isPending}
                error={end.error === null ? null : showError(end.error)}
                onConfirm={(reason) => end.mutate({ organization, feature: ended.feature, reason })}
              >
                From now on a unit costs {unitPriceText(ended.planPrice, ended.currency)}; what was used
                before keeps its price.
              </ReasonDialog>
            )}
          </>
        )
      }
    </Block>
  );
}

interface PriceActions {
  refusal: string | null;
  onSet: (price: UsagePrice) => void;
  onEnd: (price: UsagePrice) => void;
}

function priceColumns({ refusal, onSet, onEnd }: PriceActions): Column<UsagePrice>[] {
  return [
    {
      key: 'feature',
      header: 'Feature',
      phone: 'title',
      render: (row) => <span className="mg-strong">{row.name}</span>,
    },
    {
      key: 'plan',
      header: 'By the plan',
      align: 'end',
      render: (row) => <span className="mg-figure">{unitPriceText(row.planPrice, row.currency)}</span>,
    },
    {
      key: 'own',
      header: 'Own price',
      align: 'end',
      phone: 'value',
      render: (row) => (
        <span className="mg-figure">
          {row.ownPrice === null ? '—' : unitPriceText(row.ownPrice, row.currency)}
        </span>
      ),
    },
    {
      key: 'why',
      header: 'Why',
      render: (row) =>
        row.ownPrice === null ? (
          <span className="mg-muted">—</span>
        ) : (
          <span className="mg-cell-two">
            <span>{row.reason}</span>
            <span className="mg-muted mg-caption">
              {row.expiresAt === null ? 'no end' : `until ${dateText(row.expiresAt)}`}
            </span>
          </span>
        ),
    },
    {
      key: 'do',
      header: '',
      align: 'end',
      render: (row) => (
        <span className="mg-row mg-row-end">
          {row.ownPrice === null || refusal !== null ? null : (
            <Button size="compact-sm" variant="subtle" color="danger" onClick={() => onEnd(row)}>
              End<span className="mg-sr-only"> own price of {row.name}</span>
            </Button>
          )}
          <GuardedButton size="compact-sm" variant="default" refusal={refusal} onClick={() => onSet(row)}>
            Set price<span className="mg-sr-only"> of {row.name}</span>
          </GuardedButton>
        </span>
      ),
    },
  ];
}

interface PriceDialogProps {
  organization: string;
  price: UsagePrice;
  onClose: () => void;
}

const decimal = /^\d{1,12}(\.\d{1,12})?$/;

function PriceDialog({ organization, price, onClose }: PriceDialogProps) {
  const [unitPrice, setUnitPrice] = useState(price.ownPrice ?? price.planPrice);
  const [until, setUntil] = useState('');
  const save = useMutation(
    trpc.admin.subscriptions.setPrice.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onClose();
      },
    }),
  );
  const isValid = decimal.test(unitPrice);
  return (
    <ReasonDialog
      title={`Own price of ${price.name}`}
      opened
      onClose={onClose}
      confirmLabel={isValid ? `Charge ${unitPriceText(unitPrice, price.currency)} a unit` : 'Set price'}
      isPending={save.isPending}
      error={save.error === null ? null : showError(save.error)}
      onConfirm={(reason) => {
        if (!isValid) return;
        const { feature } = price;
        // The day chosen is the last one of the price.
        const expiresAt = until === '' ? null : new Date(`${until}T23:59:59.999Z`).toISOString();
        save.mutate({ organization, feature, unitPrice, expiresAt, reason });
      }}
    >
      <TextInput
        label={`Price of a unit in ${price.currency}`}
        description="Counts for what is used from now on; it may be finer than a cent."
        inputMode="decimal"
        value={unitPrice}
        onChange={(event) => setUnitPrice(event.currentTarget.value.trim())}
        error={isValid ? null : 'A plain number such as 0.06.'}
      />
      <TextInput
        type="date"
        label="Last day (UTC)"
        description="Empty: until somebody ends it."
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
    </ReasonDialog>
  );
}
