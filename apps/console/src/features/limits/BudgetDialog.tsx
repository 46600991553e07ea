import { Checkbox, Radio, SegmentedControl, TextInput } from '@mantine/core';
import { toMajorDecimal } from '@metergate/core/shared/money/money';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Budget } from '../../app/views.ts';
import { minorFromText } from '../../components/money-input.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';
import { ClientSelect } from './ClientSelect.tsx';
import { RemoveButton } from './RemoveButton.tsx';

const offered = [50, 80, 100] as const;
const fresh = { period: 'billing_period', onReached: null, thresholds: [80, 100] } as const;

interface BudgetDialogProps {
  /** The one to change; without it a new one is made. */
  known: Budget | null;
  /** Whether the organization has a budget already: a new one is for a client then. */
  hasOwn: boolean;
  client: string | null;
  onClose: () => void;
}

export function BudgetDialog({ known, hasOwn, client: preset, onClose }: BudgetDialogProps) {
  const { slug: organization, name, currency } = useOrganization();
  const [isOfClient, setOfClient] = useState(
    known === null ? hasOwn || preset !== null : known.client !== null,
  );
  const [client, setClient] = useState(known?.client ?? preset);
  const first = known ?? fresh;
  const [amount, setAmount] = useState(known === null ? '' : majorText(known));
  const [period, setPeriod] = useState<Budget['period']>(first.period);
  const [onReached, setOnReached] = useState<Budget['onReached'] | null>(first.onReached);
  const [thresholds, setThresholds] = useState<readonly number[]>(first.thresholds);
  const amountMinor = minorFromText(amount, currency);
  const whose = isOfClient ? client : null;
  const { save, remove } = useBudgetMutations(onClose);
  const isReady = amountMinor !== null && onReached !== null && (!isOfClient || client !== null);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isReady) return;
    save.mutate({ organization, client: whose, amountMinor, period, onReached, thresholds: [...thresholds] });
  }
  return (
    <Dialog title={titleOf(known, name)} opened onClose={onClose} size="sm">
      <form className="mg-stack" onSubmit={submit}>
        <p className="mg-muted">
          Counts what usage costs, rated like your invoice. Plan fees, seats and clients are not part of it.
        </p>
        {known === null ? (
          <BudgetSubject
            canBeOwn={!hasOwn}
            isOfClient={isOfClient}
            onOfClient={setOfClient}
            client={client}
            onClient={setClient}
          />
        ) : null}
        <TextInput
          label={`Amount (${currency})`}
          inputMode="decimal"
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
          error={amount !== '' && amountMinor === null ? 'An amount like 250.00.' : null}
        />
        <BudgetRules period={period} onPeriod={setPeriod} onReached={onReached} onOnReached={setOnReached} />
        <Thresholds chosen={thresholds} onChange={setThresholds} />
        {known === null ? null : (
          <RemoveButton
            label="Remove this budget"
            isPending={remove.isPending || save.isPending}
            onRemove={() => remove.mutate({ organization, client: known.client })}
          />
        )}
        <FormActions
          error={errorOf(save.error ?? remove.error)}
          submitLabel="Save budget"
          onBack={onClose}
          isPending={save.isPending || remove.isPending}
          isDisabled={!isReady}
        />
      </form>
    </Dialog>
  );
}

interface BudgetSubjectProps {
  canBeOwn: boolean;
  isOfClient: boolean;
  onOfClient: (isOfClient: boolean) => void;
  client: string | null;
  onClient: (client: string | null) => void;
}

function BudgetSubject({ canBeOwn, isOfClient, onOfClient, client, onClient }: BudgetSubjectProps) {
  return (
    <>
      {canBeOwn ? (
        <SegmentedControl
          aria-label="Budget for"
          data={[
            { value: 'own', label: 'Whole organization' },
            { value: 'client', label: 'One client' },
          ]}
          value={isOfClient ? 'client' : 'own'}
          onChange={(value) => onOfClient(value === 'client')}
        />
      ) : null}
      {isOfClient ? (
        <ClientSelect
          value={client}
          onChange={onClient}
          description="A client’s usage is valued without your plan’s free units."
        />
      ) : null}
    </>
  );
}

interface BudgetRulesProps {
  period: Budget['period'];
  onPeriod: (period: Budget['period']) => void;
  onReached: Budget['onReached'] | null;
  onOnReached: (onReached: Budget['onReached']) => void;
}

function BudgetRules({ period, onPeriod, onReached, onOnReached }: BudgetRulesProps) {
  return (
    <>
      <SegmentedControl
        aria-label="Per"
        data={[
          { value: 'billing_period', label: 'Per billing period' },
          { value: 'calendar_month', label: 'Per calendar month' },
        ]}
        value={period}
        onChange={(value) => onPeriod(value === 'calendar_month' ? value : 'billing_period')}
      />
      <Radio.Group
        label="At the amount"
        value={onReached}
        onChange={(value) => onOnReached(value === 'block' ? 'block' : 'alert')}
      >
        <div className="mg-fieldset">
          <Radio value="alert" label="Tell us; nothing stops" />
          <Radio value="block" label="Refuse what would cost more; recorded usage is still charged" />
        </div>
      </Radio.Group>
    </>
  );
}

function useBudgetMutations(onClose: () => void) {
  const { slug: organization } = useOrganization();
  const onSuccess = async () => {
    await queryClient.invalidateQueries(trpc.budgets.list.queryFilter({ organization }));
    onClose();
  };
  return {
    save: useMutation(trpc.budgets.set.mutationOptions({ onSuccess })),
    remove: useMutation(trpc.budgets.remove.mutationOptions({ onSuccess })),
  };
}

interface ThresholdsProps {
  chosen: readonly number[];
  onChange: (chosen: readonly number[]) => void;
}

function Thresholds({ chosen, onChange }: ThresholdsProps) {
  const all = [...new Set([...offered, ...chosen])].sort((left, right) => left - right);
  return (
    <fieldset className="mg-fieldset">
      <legend>Tell us at</legend>
      {all.map((threshold) => (
        <Checkbox
          key={threshold}
          label={`${threshold} % of the amount`}
          checked={chosen.includes(threshold)}
          onChange={(event) =>
            onChange(
              event.currentTarget.checked
                ? [...chosen, threshold]
                : chosen.filter((candidate) => candidate !== threshold),
            )
          }
        />
      ))}
    </fieldset>
  );
}

function titleOf(known: Budget | null, organizationName: string): string {
  return known === null ? 'Set a budget' : `Budget of ${known.clientName ?? organizationName}`;
}

function majorText({ amount }: Budget): string {
  return toMajorDecimal({ amountMinor: BigInt(amount.amountMinor), currency: amount.currency });
}

function errorOf(error: Parameters<typeof showError>[0] | null) {
  return error === null ? null : showError(error);
}
