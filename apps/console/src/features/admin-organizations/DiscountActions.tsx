import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Subscription } from '../../app/views.ts';
import { discountText } from '../../components/discount-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

interface DiscountActionsProps {
  organization: string;
  subscription: Subscription;
  timeZone: string;
}

/** Coupons are made at Stripe; staff give one by its id and take it away again. */
export function DiscountActions({ organization, subscription, timeZone }: DiscountActionsProps) {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  const [isGiving, setGiving] = useState(false);
  const [removed, setRemoved] = useState<string | null>(null);
  const [coupon, setCoupon] = useState('');
  const options = {
    onSuccess: async () => {
      await queryClient.invalidateQueries();
      setGiving(false);
      setRemoved(null);
      setCoupon('');
    },
  };
  const give = useMutation(trpc.admin.subscriptions.applyCoupon.mutationOptions(options));
  const remove = useMutation(trpc.admin.subscriptions.removeDiscount.mutationOptions(options));
  const target = { organization, subscriptionId: subscription.id };
  const { currency } = subscription;
  return (
    <div className="mg-row">
      {subscription.discounts.map((discount) => (
        <span key={discount.id} className="mg-row">
          <span className="mg-tag">{discountText(discount, { currency, timeZone })}</span>
          <GuardedButton
            size="compact-sm"
            variant="subtle"
            color="danger"
            refusal={refusal}
            onClick={() => setRemoved(discount.id)}
          >
            Remove<span className="mg-sr-only"> {discount.name}</span>
          </GuardedButton>
        </span>
      ))}
      <GuardedButton size="compact-sm" variant="default" refusal={refusal} onClick={() => setGiving(true)}>
        Apply coupon
      </GuardedButton>
      {isGiving ? (
        <ReasonDialog
          title="Apply a coupon"
          opened
          onClose={() => setGiving(false)}
          confirmLabel="Apply coupon"
          isPending={give.isPending}
          error={give.error === null ? null : showError(give.error)}
          onConfirm={(reason) => give.mutate({ ...target, coupon: coupon.trim(), reason })}
        >
          <TextInput
            label="Id of the coupon at Stripe"
            description="It counts from the next invoice on."
            value={coupon}
            onChange={(event) => setCoupon(event.currentTarget.value)}
            maxLength={200}
            required
          />
        </ReasonDialog>
      ) : null}
      {removed === null ? null : (
        <ReasonDialog
          title="Remove the discount"
          opened
          onClose={() => setRemoved(null)}
          confirmLabel="Remove"
          tone="danger"
          isPending={remove.isPending}
          error={remove.error === null ? null : showError(remove.error)}
          onConfirm={(reason) => remove.mutate({ ...target, discountId: removed, reason })}
        >
          Coming invoices are charged in full; those already made stay as they are.
        </ReasonDialog>
      )}
    </div>
  );
}
