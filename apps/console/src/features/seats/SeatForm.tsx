import { Button, TextInput } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { quantityText } from '../../components/quantity-text.ts';
import type { SeatPlan } from './seat-plans.ts';

const seatCount = /^[1-9]\d{0,5}$/;

/** Leads to a quote; nothing is bought or released here. */
export function SeatForm({ plan }: { plan: SeatPlan }) {
  const { slug, mayBuy } = useOrganization();
  const router = useRouter();
  const [value, setValue] = useState(String(plan.bought));
  const { changePlan } = plan.subscription.can;
  const refusal = mayBuy
    ? changePlan.allowed
      ? null
      : (changePlan.reason ?? 'Not possible right now.')
    : 'Only an owner can buy or release seats. Ask one of them.';
  const difference = seatCount.test(value) ? Number(value) - plan.bought : 0;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (refusal !== null || difference === 0) return;
    router.history.push(paths.change(slug, { family: plan.subscription.family, quantity: value }));
  }
  return (
    <form className="mg-stack" onSubmit={submit}>
      <TextInput
        label="Seats you want"
        inputMode="numeric"
        value={value}
        onChange={(event) => setValue(event.currentTarget.value.trim())}
        error={value === '' || seatCount.test(value) ? null : 'A whole number, at least 1.'}
        disabled={refusal !== null}
      />
      <p className="mg-muted" aria-live="polite">
        {refusal ?? consequence(plan, difference)}
      </p>
      <div className="mg-row">
        <Button type="submit" disabled={refusal !== null || difference === 0}>
          {difference === 0 ? 'See the amount' : buttonLabel(difference)}
        </Button>
      </div>
    </form>
  );
}

function seats(count: number): string {
  return `${quantityText(String(count))} ${count === 1 ? 'seat' : 'seats'}`;
}

function buttonLabel(difference: number): string {
  return difference > 0
    ? `See the amount for ${seats(difference)} more`
    : `See what releasing ${seats(-difference)} changes`;
}

function consequence({ bought, used }: SeatPlan, difference: number): string {
  if (difference === 0) return 'The next page shows the amount. Nothing is charged before you confirm.';
  const over = Number(used ?? '0') - (bought + difference);
  if (over > 0) {
    return `${quantityText(used)} people use a seat: ${over === 1 ? 'one of them' : `${over} of them`} would be over the limit, and nobody new could join.`;
  }
  return difference > 0
    ? 'They can be used at once after you confirm.'
    : 'Released seats stay usable until the end of the billing period.';
}
