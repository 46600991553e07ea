import { Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { CatalogEntry, Plan } from '../../app/views.ts';
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

interface Draft {
  plan: string;
  interval: string;
  quantity: string;
  trialDays: string;
  reason: string;
}

const reasonLengthMin = 3;
const empty: Draft = { plan: '', interval: 'month', quantity: '', trialDays: '', reason: '' };

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
  const plans = sold(catalog.data ?? []);
  const chosen = plans.find(({ plan }) => `${plan.family}/${plan.plan}` === draft.plan)?.plan;
  const numbersAreWhole = isWhole(draft.quantity) && isWhole(draft.trialDays);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
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
        <Terms plan={chosen} draft={draft} onChange={change} />
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

function sold(catalog: readonly CatalogEntry[]) {
  return catalog.flatMap(({ family }) =>
    family.plans.filter((plan) => plan.selfService).map((plan) => ({ plan, family })),
  );
}

function isWhole(text: string): boolean {
  return /^\d*$/.test(text);
}

interface TermsProps {
  plan: Plan | undefined;
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

/** What depends on the plan: how often it is billed, seats, and a trial. */
function Terms({ plan, draft, onChange }: TermsProps) {
  return (
    <>
      {plan?.intervals.includes('year') ? (
        <Select
          label="Billed"
          data={[
            { value: 'month', label: 'Monthly' },
            { value: 'year', label: 'Yearly' },
          ]}
          value={draft.interval}
          onChange={(interval) => onChange({ interval: interval ?? 'month' })}
        />
      ) : null}
      {plan?.prices.some(({ kind }) => kind === 'seat') ? (
        <TextInput
          label="Seats"
          inputMode="numeric"
          value={draft.quantity}
          onChange={(event) => onChange({ quantity: event.currentTarget.value.trim() })}
        />
      ) : null}
      <TextInput
        label="Days of trial"
        description="Optional, up to 90."
        inputMode="numeric"
        value={draft.trialDays}
        onChange={(event) => onChange({ trialDays: event.currentTarget.value.trim() })}
        error={isWhole(draft.trialDays) ? null : 'Whole numbers.'}
      />
    </>
  );
}
