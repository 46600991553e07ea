import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Subscription } from '../../app/views.ts';
import { discountText } from '../../components/discount-text.ts';

interface PromotionCodeProps {
  subscription: Subscription;
  /** The amounts on the page are to be asked for again. */
  onRedeemed: () => void;
}

/** A code counts from the next invoice on, the one of the quote included. */
export function PromotionCode({ subscription, onRedeemed }: PromotionCodeProps) {
  const { slug: organization, timeZone } = useOrganization();
  const [code, setCode] = useState('');
  const redeem = useMutation(
    trpc.subscriptions.redeem.mutationOptions({
      onSuccess: async () => {
        setCode('');
        await queryClient.invalidateQueries();
        onRedeemed();
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    if (code.trim() !== '')
      redeem.mutate({ organization, subscriptionId: subscription.id, code: code.trim() });
  }
  return (
    <form className="mg-row" onSubmit={submit}>
      <TextInput
        label="Promotion code"
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        maxLength={100}
        autoComplete="off"
        error={redeem.error === null ? null : showError(redeem.error).text}
      />
      <Button type="submit" variant="default" loading={redeem.isPending} disabled={code.trim() === ''}>
        Redeem
      </Button>
      {subscription.discounts.map((discount) => (
        <span key={discount.id} className="mg-tag" role="status">
          {discountText(discount, { currency: subscription.currency, timeZone })}
        </span>
      ))}
    </form>
  );
}
