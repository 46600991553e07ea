import { Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

export function StartSubscription({ organization }: { organization: string }) {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GuardedButton
        size="compact-md"
        variant="default"
        refusal={staffRefusal(session, 'billing_ops')}
        onClick={() => setOpen(true)}
      >
        Start a subscription
      </GuardedButton>
      {isOpen ? <StartDialog organization={organization} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

const reasonLengthMin = 3;
const empty = { plan: '', interval: 'month', quantity: '', trialDays: '', reason: '' };

function StartDialog({ organization, onClose }: { organization: string; onClose: () => void }) {
  const catalog = useQuery(trpc.admin.catalog.list.queryOptions());
  const [draft, setDraft] = useState(empty);
  const start = useMutation(
    trpc.admin.organizations.startSubscription.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onClose();
      },
    }),
  );
  const plans = (catalog.data ?? []).flatMap(({ family }) =>
    family.plans.filter((plan) => !plan.isFree).map((plan) => ({ plan, family })),
  );
  const chosen = plans.find(({ plan }) => `${plan.family}/${plan.plan}` === draft.plan)?.plan;
  const numbersAreWhole = [draft.quantity, draft.trialDays].every((text) => /^\d*$/.test(text));
  const change = (part: Partial<typeof empty>) => setDraft({ ...draft, ...part });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (chosen === undefined) return;
    start.mutate({
      organization,
      family: chosen.family,
      plan: chosen.plan,
      interval: draft.interval === 'year' ? 'year' : 'month',
      reason: draft.reason.trim(),
      ...(draft.quantity === '' ? {} : { quantity: draft.quantity }),
      ...(draft.trialDays === '' ? {} : { trialDays: Number(draft.trialDays) }),
    });
  }
  return (
    <Dialog title="Start a subscription" opened onClose={onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <p className="mg-muted">
          The default card is charged at once unless there is a trial. The owner sees this in Activity.
        </p>
        <Select
          label="Plan"
          placeholder={catalog.isPending ? 'Loading' : 'Choose'}
          data={plans.map(({ plan, family }) => ({
            value: `${plan.family}/${plan.plan}`,
            label: `${family.name}: ${plan.name}`,
          }))}
          value={draft.plan === '' ? null : draft.plan}
          onChange={(plan) => change({ plan: plan ?? '', interval: 'month' })}
          data-autofocus
        />
        {chosen?.intervals.includes('year') ? (
          <Select
            label="Billed"
            data={[
              { value: 'month', label: 'Monthly' },
              { value: 'year', label: 'Yearly' },
            ]}
            value={draft.interval}
            onChange={(interval) => change({ interval: interval ?? 'month' })}
          />
        ) : null}
        {chosen?.prices.some(({ kind }) => kind === 'seat') ? (
          <TextInput
            label="Seats"
            inputMode="numeric"
            value={draft.quantity}
            onChange={(event) => change({ quantity: event.currentTarget.value.trim() })}
          />
        ) : null}
        <TextInput
          label="Days of trial"
          description="Optional, up to 90."
          inputMode="numeric"
          value={draft.trialDays}
          onChange={(event) => change({ trialDays: event.currentTarget.value.trim() })}
          error={numbersAreWhole ? null : 'Whole numbers.'}
        />
        <Textarea
          label="Reason"
          description="Kept in the audit log with your name."
          value={draft.reason}
          onChange={(event) => change({ reason: event.currentTarget.value })}
          maxLength={500}
        />
        <FormActions
          error={start.error === null ? null : showError(start.error)}
          submitLabel={chosen === undefined ? 'Start subscription' : `Start ${chosen.name}`}
          onBack={onClose}
          isPending={start.isPending}
          isDisabled={
            chosen === undefined || !numbersAreWhole || draft.reason.trim().length < reasonLengthMin
          }
        />
      </form>
    </Dialog>
  );
}
