import { Button, NumberInput, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { showError } from '../app/show-error.ts';
import type { StepResult } from '../app/use-sequence.ts';
import type { BulkRun } from '../app/views.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { progressText } from './use-bulk-run.ts';
import { useBulkSteps } from './use-bulk-steps.ts';

interface BulkDialogProps {
  title: string;
  rows: readonly { key: string; name: string }[];
  onClose: () => void;
  /** What will happen, in facts. */
  children: ReactNode;
  actionLabel: string;
  kind: BulkRun['kind'];
  /** Looks without changing anything. */
  preview: (key: string) => Promise<string>;
  refusal: string | null;
}

const reasonLengthMin = 3;
const perSecondUsual = 5;
/** Each row reads several objects at Stripe, which takes 25 requests a second in test mode. */
const perSecondMax = 10;

/** One action for many rows: look first, then one after another, with a result for each and a way to stop. */
export function BulkDialog(props: BulkDialogProps) {
  const { rows, preview, refusal, kind } = props;
  const [reason, setReason] = useState('');
  const [perSecond, setPerSecond] = useState(perSecondUsual);
  const steps = useBulkSteps({ kind, rows, preview });
  const { results, isRunning, run } = steps;
  return (
    <Dialog title={props.title} opened onClose={props.onClose} size="lg">
      <div className="mg-stack">
        <div className="mg-muted">{props.children}</div>
        <Rows rows={rows} results={results} />
        <Textarea
          label="Reason"
          description="Kept in the audit log with your name, once for each."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          minRows={2}
          data-autofocus
        />
        <NumberInput
          label="At most per second"
          description={`From 1 to ${perSecondMax}; each asks Stripe.`}
          value={perSecond}
          onChange={(value) => setPerSecond(Math.min(perSecondMax, Math.max(1, Number(value) || 1)))}
          min={1}
          max={perSecondMax}
          allowDecimal={false}
          disabled={isRunning}
        />
        {refusal === null ? null : <p className="mg-field-error">{refusal}</p>}
        {steps.error === null ? null : (
          <p className="mg-field-error" role="alert">
            {showError(steps.error).text}
          </p>
        )}
        {run === null ? null : <Progress run={run} />}
        <div className="mg-row mg-row-end">
          {steps.stop === null ? null : (
            <Button variant="default" onClick={steps.stop}>
              Stop after this one
            </Button>
          )}
          <Button variant="default" disabled={isRunning} onClick={() => steps.look(perSecond)}>
            Dry run
          </Button>
          <Button
            loading={isRunning}
            disabled={refusal !== null || reason.trim().length < reasonLengthMin}
            onClick={() => steps.carryOut({ perSecond, reason: reason.trim() })}
          >
            {props.actionLabel}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Progress({ run }: { run: BulkRun }) {
  return (
    <p className="mg-muted" role="status">
      {progressText(run)}.{run.status === 'running' ? ' It goes on when you close this page.' : ''}
    </p>
  );
}

function Rows({
  rows,
  results,
}: Pick<BulkDialogProps, 'rows'> & { results: ReadonlyMap<string, StepResult> }) {
  return (
    <ol
      className="mg-bulk-list"
      aria-label="Each of them"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      {rows.map(({ key, name }) => (
        <Row key={key} name={name} result={results.get(key)} />
      ))}
    </ol>
  );
}

function Row({ name, result }: { name: string; result: StepResult | undefined }) {
  return (
    <li data-state={result?.state}>
      <span className="mg-anywhere">{name}</span>
      <span className={result?.state === 'failed' ? 'mg-tone-danger' : 'mg-muted'}>
        {result === undefined ? '' : result.state === 'running' ? 'working…' : result.text}
      </span>
    </li>
  );
}
