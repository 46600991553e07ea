import { Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { OwnPrice } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';
import { ownPriceKey, ownPriceName } from './own-price-columns.tsx';

interface OwnPriceDialogProps {
  organization: string;
  prices: readonly OwnPrice[];
  /** null = to be chosen here, also of plans that are not bought yet. */
  chosen: OwnPrice | null;
  onClose: () => void;
}

const decimal = /^\d{1,12}(\.\d{1,12})?$/;

export function OwnPriceDialog({ organization, prices, chosen, onClose }: OwnPriceDialogProps) {
  const [key, setKey] = useState(chosen === null ? null : ownPriceKey(chosen));
  const price = prices.find((candidate) => ownPriceKey(candidate) === key) ?? null;
  const [typed, setTyped] = useState(chosen === null ? '' : (chosen.own?.unitPrice ?? chosen.planPrice));
  const [until, setUntil] = useState('');
  const save = useMutation(
    trpc.admin.ownPrices.set.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onClose();
      },
    }),
  );
  const isValid = price !== null && decimal.test(typed);
  return (
    <ReasonDialog
      title={chosen === null ? 'Agree on a price' : `Own price of ${ownPriceName(chosen)}`}
      opened
      onClose={onClose}
      confirmLabel={isValid ? `Charge ${unitPriceText(typed, price.currency)}` : 'Set price'}
      isPending={save.isPending}
      error={save.error === null ? null : showError(save.error)}
      onConfirm={(reason) => {
        if (!isValid) return;
        const { family, plan, component, interval, currency, own } = price;
        // The day chosen is the last one of the price.
        const expiresAt = until === '' ? null : new Date(`${until}T23:59:59.999Z`).toISOString();
        const place = { family, plan, component, interval, currency };
        save.mutate({
          organization,
          ...place,
          unitPrice: typed,
          expiresAt,
          reason,
          replaces: own?.id ?? null,
        });
      }}
    >
      <div className="mg-stack">
        {chosen === null ? (
          <Select
            label="What for"
            description="Also of plans that are not bought yet."
            data={prices.map((candidate) => ({
              value: ownPriceKey(candidate),
              label: ownPriceName(candidate),
            }))}
            value={key}
            onChange={setKey}
            searchable
          />
        ) : null}
        <TextInput
          label={price === null ? 'Price of one' : `Price of one in ${price.currency}`}
          description={
            price === null
              ? 'Choose what it is for.'
              : `The plan says ${unitPriceText(price.planPrice, price.currency)}. Counts for what is bought from now on, and from the next renewal on for what runs.`
          }
          inputMode="decimal"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value.trim())}
          error={typed === '' || decimal.test(typed) ? null : 'A plain number such as 39 or 39.50.'}
        />
        <TextInput
          type="date"
          label="Last day (UTC)"
          description="The first renewal after it is charged by the plan again. Empty: until somebody ends it."
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      </div>
    </ReasonDialog>
  );
}
