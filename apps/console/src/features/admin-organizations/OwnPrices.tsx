import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { OwnPrice } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';
import { AgreementHistory } from './AgreementHistory.tsx';
import { ApplyPricesNow } from './ApplyPricesNow.tsx';
import { OwnPriceDialog } from './OwnPriceDialog.tsx';
import { ownPriceColumns, ownPriceKey } from './own-price-columns.tsx';

/** What fees, seats and add-ons cost this organization: by the plan, and what was agreed instead. */
export function OwnPrices({ organization }: { organization: string }) {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  const query = useQuery(trpc.admin.ownPrices.list.queryOptions({ organization }));
  const [chosen, setChosen] = useState<OwnPrice | 'any' | null>(null);
  const [ended, setEnded] = useState<OwnPrice | null>(null);
  return (
    <>
      <Block
        title="Prices of fees, seats and add-ons"
        subject="own prices"
        query={query}
        shape="table"
        flush
        actions={
          <GuardedButton
            size="compact-sm"
            variant="default"
            refusal={refusal}
            onClick={() => setChosen('any')}
          >
            Agree on a price
          </GuardedButton>
        }
      >
        {({ prices }) => {
          const shown = prices.filter(({ own, running }) => own !== null || running !== null);
          return (
            <>
              {shown.length === 0 ? (
                <EmptyState reason="never" title="Nothing is paid regularly">
                  What is agreed before a plan is bought counts from its first day.
                </EmptyState>
              ) : (
                <DataTable
                  caption="Prices of fees, seats and add-ons"
                  rows={shown}
                  rowKey={ownPriceKey}
                  columns={ownPriceColumns({ refusal, onSet: setChosen, onEnd: setEnded })}
                />
              )}
              <ApplyPricesNow organization={organization} prices={shown} refusal={refusal} />
              {chosen === null ? null : (
                <OwnPriceDialog
                  organization={organization}
                  prices={prices}
                  chosen={chosen === 'any' ? null : chosen}
                  onClose={() => setChosen(null)}
                />
              )}
              {ended === null ? null : (
                <EndOwnPrice organization={organization} price={ended} onClose={() => setEnded(null)} />
              )}
            </>
          );
        }}
      </Block>
      <AgreementHistory query={query} />
    </>
  );
}

interface EndProps {
  organization: string;
  price: OwnPrice;
  onClose: () => void;
}

function EndOwnPrice({ organization, price, onClose }: EndProps) {
  const end = useMutation(
    trpc.admin.ownPrices.end.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onClose();
      },
    }),
  );
  const { own } = price;
  return (
    <ReasonDialog
      title={`End the own price of ${price.planName}: ${price.name}`}
      opened
      onClose={onClose}
      confirmLabel="End own price"
      tone="danger"
      isPending={end.isPending}
      error={end.error === null ? null : showError(end.error)}
      onConfirm={(reason) => {
        if (own !== null) end.mutate({ organization, id: own.id, reason });
      }}
    >
      From the next renewal on it costs {unitPriceText(price.planPrice, price.currency)}; the running period
      stays as it is.
    </ReasonDialog>
  );
}
