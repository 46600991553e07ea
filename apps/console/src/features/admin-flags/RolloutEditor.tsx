import { Button, Slider, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { type ShownError, showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { FlagDetail } from '../../app/views.ts';
import { Notice } from '../../ui/Notice.tsx';

const presets = ['0', '1', '5', '10', '25', '50', '100'];
const percentPattern = /^(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)$/;
const stepMax = 25;

/** Slider, field and presets set the same percentage; a large step and 100 % need the key typed. */
export function RolloutEditor({ flag }: { flag: FlagDetail }) {
  const session = useSession();
  const refusal = staffRefusal(session, 'super_admin');
  const [percent, setPercent] = useState(flag.rolloutPercent);
  const [isEnabled, setEnabled] = useState(flag.isEnabled);
  const [reason, setReason] = useState('');
  const [typedKey, setTypedKey] = useState('');
  const save = useMutation(
    trpc.admin.flags.save.mutationOptions({
      onSuccess: (next) => queryClient.setQueryData(trpc.admin.flags.get.queryKey({ key: flag.key }), next),
    }),
  );
  const isPercent = percentPattern.test(percent);
  const isLargeStep = isPercent && isLarge(Number(flag.rolloutPercent), Number(percent));
  const isValid =
    isPercent && reason.trim().length >= 3 && (!isLargeStep || typedKey === flag.key) && refusal === null;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isValid) return;
    save.mutate({ ...contentOf(flag), isEnabled, rolloutPercent: percent, reason: reason.trim() });
  }
  return (
    <form className="mg-stack" onSubmit={submit}>
      <EditorNotes refusal={refusal} isKilled={flag.isKilled} />
      <Switch
        label="Flag is on"
        description="Off: everybody without an override gets the default."
        checked={isEnabled}
        onChange={(event) => setEnabled(event.currentTarget.checked)}
        disabled={refusal !== null}
      />
      <PercentFields
        percent={percent}
        isPercent={isPercent}
        isDisabled={refusal !== null}
        onPercent={setPercent}
      />
      <Preview before={flag.rolloutPercent} after={percent} isPercent={isPercent} />
      <Textarea
        label="Reason"
        description="Kept in the history."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        disabled={refusal !== null}
      />
      {isLargeStep ? (
        <TextInput
          label={`A large step: type “${flag.key}” to confirm`}
          value={typedKey}
          onChange={(event) => setTypedKey(event.currentTarget.value)}
          autoComplete="off"
        />
      ) : null}
      {save.error === null ? null : <PublishRefused failure={showError(save.error)} flagKey={flag.key} />}
      <div className="mg-row mg-row-end">
        <Button type="submit" disabled={!isValid} loading={save.isPending}>
          Publish version {flag.version + 1}
        </Button>
      </div>
    </form>
  );
}

/** Buckets are fixed per organization: widening keeps everybody who is in. */
function previewText(before: string, after: string, isPercent: boolean): string {
  if (!isPercent) return '';
  const difference = Number(after) - Number(before);
  if (difference === 0) return 'Nobody enters or leaves.';
  return difference > 0
    ? 'Everybody who has it keeps it; organizations in the new range enter.'
    : 'Organizations above the new percentage leave; nobody enters.';
}

interface PercentFieldsProps {
  percent: string;
  isPercent: boolean;
  isDisabled: boolean;
  onPercent: (percent: string) => void;
}

function PercentFields({ percent, isPercent, isDisabled, onPercent }: PercentFieldsProps) {
  return (
    <>
      <div className="mg-rollout">
        <TextInput
          label="Percent of organizations"
          inputMode="decimal"
          value={percent}
          onChange={(event) => onPercent(event.currentTarget.value.trim())}
          error={isPercent ? null : '0 to 100, at most two decimals.'}
          disabled={isDisabled}
          rightSection="%"
          w={180}
        />
        <Slider
          thumbLabel="Percent of organizations"
          label={null}
          value={isPercent ? Number(percent) : 0}
          onChange={(value) => onPercent(String(value))}
          min={0}
          max={100}
          disabled={isDisabled}
        />
      </div>
      <fieldset className="mg-presets">
        <legend className="mg-sr-only">Presets</legend>
        {presets.map((preset) => (
          <Button
            key={preset}
            size="compact-sm"
            variant={Number(percent) === Number(preset) ? 'light' : 'default'}
            onClick={() => onPercent(preset)}
            disabled={isDisabled}
          >
            {preset} %
          </Button>
        ))}
      </fieldset>
    </>
  );
}

function PublishRefused({ failure, flagKey }: { failure: ShownError; flagKey: string }) {
  return (
    <Notice
      tone={failure.kind === 'conflict' ? 'warning' : 'danger'}
      role="alert"
      action={
        failure.kind === 'conflict' ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => queryClient.invalidateQueries(trpc.admin.flags.get.queryFilter({ key: flagKey }))}
          >
            Load the newer version
          </Button>
        ) : undefined
      }
    >
      {failure.text}
    </Notice>
  );
}

/** Everything of the flag that this editor does not change, pinned to the version it shows. */
function contentOf(flag: FlagDetail) {
  const { key, description, kind, variants, defaultValue, rules, owner, expiresAt, version } = flag;
  return {
    key,
    description,
    kind,
    variants,
    defaultValue,
    rules,
    owner,
    expiresAt,
    expectedVersion: version,
  };
}

function isLarge(before: number, after: number): boolean {
  return after - before > stepMax || (after === 100 && before !== 100);
}

function EditorNotes({ refusal, isKilled }: { refusal: string | null; isKilled: boolean }) {
  return (
    <>
      {refusal === null ? null : <p className="mg-muted">{refusal} You see what is live.</p>}
      {isKilled ? (
        <Notice tone="danger">The kill switch is on: nothing below takes effect until it is released.</Notice>
      ) : null}
    </>
  );
}

function Preview({ before, after, isPercent }: { before: string; after: string; isPercent: boolean }) {
  return (
    <p className="mg-muted mg-figure">
      Was {before} %. {previewText(before, after, isPercent)}
    </p>
  );
}
