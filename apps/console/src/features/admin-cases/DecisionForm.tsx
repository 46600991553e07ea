import { Button, Radio, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { AdminCase } from '../../app/views.ts';
import { amountText } from '../../components/Amount.tsx';
import { minorFromText } from '../../components/money-input.ts';

type Verdict = 'credit' | 'part' | 'refuse';

/** Money back, in whole or in part, or a reason why the line stands. Nothing is chosen beforehand. */
export function DecisionForm({ row, onClose }: { row: AdminCase; onClose: () => void }) {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [part, setPart] = useState('');
  const [reason, setReason] = useState('');
  const decided = { onSuccess: onClose, onSettled: () => queryClient.invalidateQueries() };
  const credit = useMutation(trpc.admin.cases.credit.mutationOptions(decided));
  const refuse = useMutation(trpc.admin.cases.refuse.mutationOptions(decided));
  const amountMinor = verdict === 'part' ? minorFromText(part, row.currency) : row.lineAmountMinor;
  const error = credit.error ?? refuse.error;
  const isReady = verdict !== null && reason.trim().length >= 3 && amountMinor !== null;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isReady || refusal !== null) return;
    const answer = { id: row.id, reason: reason.trim() };
    if (verdict === 'refuse') refuse.mutate(answer);
    else credit.mutate({ ...answer, amountMinor: verdict === 'part' ? amountMinor : null });
  }
  return (
    <form className="mg-stack" onSubmit={submit}>
      <VerdictChoice row={row} verdict={verdict} onVerdict={setVerdict} />
      {verdict === 'part' ? (
        <TextInput
          label={`Amount in ${row.currency}`}
          inputMode="decimal"
          value={part}
          error={part !== '' && amountMinor === null ? 'An amount like 12.50.' : null}
          onChange={(event) => setPart(event.currentTarget.value)}
        />
      ) : null}
      <Textarea
        label="Answer"
        description="The organization reads it on its invoice; it is kept in the audit log with your name."
        required
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {error === null && refusal === null ? null : (
        <p className="mg-field-error" role="alert">
          {refusal ?? showError(error).text}
        </p>
      )}
      <div className="mg-row mg-row-end">
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
        <Button
          type="submit"
          disabled={!isReady || refusal !== null}
          loading={credit.isPending || refuse.isPending}
        >
          {buttonText(verdict, amountMinor, row.currency)}
        </Button>
      </div>
    </form>
  );
}

interface VerdictChoiceProps {
  row: AdminCase;
  verdict: Verdict | null;
  onVerdict: (verdict: Verdict | null) => void;
}

function VerdictChoice({ row, verdict, onVerdict }: VerdictChoiceProps) {
  const whole = amountText({ minor: row.lineAmountMinor, currency: row.currency });
  return (
    <Radio.Group label="Decision" value={verdict} onChange={(value) => onVerdict(toVerdict(value))}>
      <div className="mg-fieldset">
        <Radio value="credit" label={`Credit the whole line, ${whole}`} />
        <Radio value="part" label="Credit a part" />
        <Radio value="refuse" label="The line stands" />
      </div>
    </Radio.Group>
  );
}

function buttonText(verdict: Verdict | null, amountMinor: string | null, currency: string): string {
  if (verdict === null) return 'Decide';
  if (verdict === 'refuse') return 'Let the line stand';
  return amountMinor === null ? 'Credit' : `Credit ${amountText({ minor: amountMinor, currency })}`;
}

function toVerdict(value: string): Verdict | null {
  return value === 'credit' || value === 'part' || value === 'refuse' ? value : null;
}
