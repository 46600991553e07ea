import { Button, Slider, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
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
  const isLargeStep =
    isPercent &&
    (Number(percent) - Number(flag.rolloutPercent) > stepMax ||
      (Number(percent) === 100 && Number(flag.rolloutPercent) !== 100));
  const isValid =
    isPercent && reason.trim().length >= 3 && (!isLargeStep || typedKey === flag.key) && refusal === null;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isValid) return;
    save.mutate({
      key: flag.key,
      description: flag.description,
      kind: flag.kind,
      variants: flag.variants,
      defaultValue: flag.defaultValue,
      isEnabled,
      rolloutPercent: percent,
      rules: flag.rules,
      owner: flag.owner,
      expiresAt: flag.expiresAt,
      reason: reason.trim(),
      expectedVersion: flag.version,
    });
  }
  const failure = save.error === null ? null : showError(save.error);
  return (
    <form className="mg-stack" onSubmit={submit}>
      {refusal === null ? null : <p className="mg-muted">{refusal} You see what is live.</p>}
      {flag.isKilled ? (
        <Notice tone="danger">The kill switch is on: nothing below takes effect until it is released.</Notice>
      ) : null}
      <Switch
        label="Flag is on"
        description="Off: everybody without an override gets the default."
        checked={isEnabled}
        onChange={(event) => setEnabled(event.currentTarget.checked)}
        disabled={refusal !== null}
      />
      <div className="mg-rollout">
        <TextInput
          label="Percent of organizations"
          inputMode="decimal"
          value={percent}
          onChange={(event) => setPercent(event.currentTarget.value.trim())}
          error={isPercent ? null : '0 to 100, at most two decimals.'}
          disabled={refusal !== null}
          rightSection="%"
          w={180}
        />
        <Slider
          thumbLabel="Percent of organizations"
          label={null}
          value={isPercent ? Number(percent) : 0}
          onChange={(value) => setPercent(String(value))}
          min={0}
          max={100}
          disabled={refusal !== null}
        />
      </div>
      <div className="mg-presets" role="group" aria-label="Presets">
        {presets.map((preset) => (
          <Button
            key={preset}
            size="compact-sm"
            variant={Number(percent) === Number(preset) ? 'light' : 'default'}
            onClick={() => setPercent(preset)}
            disabled={refusal !== null}
          >
            {preset} %
          </Button>
        ))}
      </div>
      <p className="mg-muted mg-figure">
        Was {flag.rolloutPercent} %. {previewText(flag.rolloutPercent, percent, isPercent)}
      </p>
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
      {failure === null ? null : (
        <Notice
          tone={failure.kind === 'conflict' ? 'warning' : 'danger'}
          role="alert"
          action={
            failure.kind === 'conflict' ? (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() =>
                  queryClient.invalidateQueries(trpc.admin.flags.get.queryFilter({ key: flag.key }))
                }
              >
                Load the newer version
              </Button>
            ) : undefined
          }
        >
          {failure.text}
        </Notice>
      )}
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
