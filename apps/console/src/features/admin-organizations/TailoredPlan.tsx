import { Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { CatalogEntry, Plan, TailoredOffer } from '../../app/views.ts';
import { amountText } from '../../components/Amount.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';
import {
  type AgreedDraft,
  agreedLimits,
  emptyAgreed,
  isComplete,
  TailoredLimits,
} from './TailoredLimits.tsx';

/** Plans that are sold by hand: own price, limits and end, priced before anything is charged. */
export function TailoredPlan({ organization }: { organization: string }) {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GuardedButton size="compact-md" variant="default" refusal={refusal} onClick={() => setOpen(true)}>
        Made-to-measure plan
      </GuardedButton>
      {isOpen ? <TailoredDialog organization={organization} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

const decimal = /^\d{1,12}(\.\d{1,6})?$/;

function TailoredDialog({ organization, onClose }: { organization: string; onClose: () => void }) {
  const catalog = useQuery(trpc.admin.catalog.list.queryOptions());
  const plans = soldByHand(catalog.data ?? []);
  const [draft, setDraft] = useState<AgreedDraft>(emptyAgreed);
  const change = (part: Partial<AgreedDraft>) => {
    preview.reset();
    start.reset();
    setDraft({ ...draft, ...part });
  };
  const chosen = plans.find(({ plan }) => keyOf(plan) === draft.plan)?.plan;
  const preview = useMutation(trpc.admin.subscriptions.previewTailoredPlan.mutationOptions());
  const start = useMutation(
    trpc.admin.subscriptions.startTailoredPlan.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onClose();
      },
      // What was priced may be used up or out of date: the next press asks for the price again.
      onError: () => preview.reset(),
    }),
  );
  const offer = preview.data;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (chosen === undefined) return;
    const { family } = chosen;
    if (offer === undefined) {
      start.reset();
      const limits = agreedLimits(chosen, draft);
      const terms = { plan: chosen.plan, interval: draft.interval, price: draft.price, limits };
      preview.mutate({ organization, family, terms });
      return;
    }
    start.mutate({
      organization,
      family,
      plan: offer.plan,
      interval: offer.interval,
      quoteId: offer.quote?.id ?? null,
      periods: draft.periods === '' ? null : Number(draft.periods),
      reason: draft.reason.trim(),
    });
  }
  const failure = start.error ?? preview.error;
  return (
    <Dialog title="Made-to-measure plan" opened onClose={onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <Select
          label="Plan"
          placeholder={catalog.isPending ? 'Loading' : 'Choose'}
          data={plans.map(({ plan, family }) => ({
            value: keyOf(plan),
            label: `${family.name}: ${plan.name}`,
          }))}
          value={draft.plan === '' ? null : draft.plan}
          onChange={(plan) => change({ plan: plan ?? '', limits: {} })}
          withAsterisk
          data-autofocus
        />
        <Terms draft={draft} onChange={change} />
        {chosen === undefined ? null : <TailoredLimits plan={chosen} draft={draft} onChange={change} />}
        <Textarea
          label="Reason"
          description="Kept in the audit log with your name."
          value={draft.reason}
          onChange={(event) => setDraft({ ...draft, reason: event.currentTarget.value })}
          maxLength={500}
          withAsterisk
        />
        {offer === undefined ? null : <Cost offer={offer} />}
        <FormActions
          error={failure === null ? null : showError(failure)}
          submitLabel={
            offer === undefined
              ? 'Show what it costs'
              : `Start for ${amountText({ minor: offer.dueNowMinor, currency: offer.currency })}`
          }
          onBack={onClose}
          isPending={preview.isPending || start.isPending}
          isDisabled={!isReady(chosen, draft)}
        />
      </form>
    </Dialog>
  );
}

function Cost({ offer }: { offer: TailoredOffer }) {
  const { currency, interval, perPeriodMinor, dueNowMinor, quote } = offer;
  return (
    <p role="status" className="mg-figure">
      {amountText({ minor: perPeriodMinor, currency })} per {interval}. Due now:{' '}
      {amountText({ minor: dueNowMinor, currency })}
      {quote === null ? '' : ', prorated against what runs today'}.
    </p>
  );
}

function isReady(chosen: Plan | undefined, draft: AgreedDraft): boolean {
  return (
    chosen !== undefined &&
    decimal.test(draft.price) &&
    periodsProblem(draft.periods) === null &&
    draft.reason.trim().length >= 3 &&
    isComplete(chosen, draft)
  );
}

/** As many as a plan may be agreed for; nothing = without an end. */
function periodsProblem(periods: string): string | null {
  return periods === '' || /^([1-9]|[1-5]\d|60)$/.test(periods)
    ? null
    : 'A whole number from 1 to 60, or nothing.';
}

interface TermsProps {
  draft: AgreedDraft;
  onChange: (part: Partial<AgreedDraft>) => void;
}

function Terms({ draft, onChange }: TermsProps) {
  return (
    <>
      <TextInput
        label="Price of a billing period"
        description="In the organization’s currency, before tax."
        inputMode="decimal"
        withAsterisk
        value={draft.price}
        onChange={(event) => onChange({ price: event.currentTarget.value.trim() })}
        error={
          draft.price === '' || decimal.test(draft.price) ? null : 'A plain number such as 1200 or 99.50.'
        }
      />
      <Select
        label="Billed"
        data={[
          { value: 'month', label: 'Monthly' },
          { value: 'year', label: 'Yearly' },
        ]}
        value={draft.interval}
        onChange={(interval) => onChange({ interval: interval === 'year' ? 'year' : 'month' })}
      />
      <TextInput
        label="Billing periods until it ends"
        description="Empty: it renews until somebody ends it."
        inputMode="numeric"
        value={draft.periods}
        onChange={(event) => onChange({ periods: event.currentTarget.value.trim() })}
        error={periodsProblem(draft.periods)}
      />
    </>
  );
}

function soldByHand(catalog: readonly CatalogEntry[]) {
  return catalog.flatMap(({ family }) =>
    family.plans.filter((plan) => !plan.isFree && !plan.selfService).map((plan) => ({ plan, family })),
  );
}

function keyOf({ family, plan }: Plan): string {
  return `${family}/${plan}`;
}
