import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc, trpcClient } from '../../app/trpc.ts';
import { amountText } from '../../components/Amount.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';
import type { SeatPlan } from './seat-plans.ts';

const seatCount = /^([1-9]\d{0,4}|100000)$/;

interface AutoBuyDialogProps {
  max: number | null;
  plans: readonly SeatPlan[];
  onClose: () => void;
}

/** Asks for the consent with what one seat more would cost today, as Stripe would charge it. */
export function AutoBuyDialog({ max, plans, onClose }: AutoBuyDialogProps) {
  const { slug: organization } = useOrganization();
  const most = Math.max(0, ...plans.map(({ bought }) => bought));
  const [value, setValue] = useState(String(max ?? most + 5));
  const save = useMutation(
    trpc.organizations.setAutoBuySeats.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onClose();
      },
    }),
  );
  const isValid = seatCount.test(value);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isValid) save.mutate({ organization, max: Number(value) });
  }
  return (
    <Dialog title="Buy seats automatically" opened onClose={onClose} size="sm">
      <form className="mg-stack" onSubmit={submit}>
        {plans.map((plan) => (
          <SeatCost key={plan.subscription.id} plan={plan} />
        ))}
        <TextInput
          label="Never more seats than"
          description="Of each plan, those that are bought already included."
          inputMode="numeric"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value.trim())}
          error={value === '' || isValid ? null : 'A whole number from 1 to 100,000.'}
          data-autofocus
        />
        <p className="mg-muted">
          {isValid && Number(value) <= most
            ? `${quantityText(String(most))} ${most === 1 ? 'seat is' : 'seats are'} bought already, so nothing would be bought automatically.`
            : 'A declined card ends this and you are told. Seats are given back by you, never automatically.'}
        </p>
        {max === null ? null : (
          <div className="mg-row">
            <Button
              type="button"
              variant="subtle"
              color="danger"
              size="compact-sm"
              disabled={save.isPending}
              onClick={() => save.mutate({ organization, max: null })}
            >
              Stop buying automatically
            </Button>
          </div>
        )}
        <FormActions
          error={save.error === null ? null : showError(save.error)}
          submitLabel="Agree"
          onBack={onClose}
          isPending={save.isPending}
          isDisabled={!isValid || Number(value) === max}
        />
      </form>
    </Dialog>
  );
}

function SeatCost({ plan }: { plan: SeatPlan }) {
  const { slug: organization } = useOrganization();
  const { family, planName } = plan.subscription;
  const quantity = String(plan.bought + 1);
  const quote = useQuery({
    queryKey: ['one-seat-more', organization, family, quantity],
    queryFn: () => trpcClient.subscriptions.quote.mutate({ organization, family, quantity, at: 'now' }),
    retry: false,
    staleTime: 60_000,
  });
  if (quote.isPending) return <p className="mg-muted">{planName}: looking up what a seat costs…</p>;
  if (quote.isError) return <p className="mg-muted">{planName}: what a seat costs now is not known.</p>;
  const { dueNowMinor, currency } = quote.data;
  return (
    <p>
      {planName}: one seat more costs {amountText({ minor: dueNowMinor, currency })} today for the rest of the
      billing period, then its usual price.
    </p>
  );
}
