import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { ApiKeyScope } from '../../app/views.ts';
import { CopyText } from '../../ui/CopyText.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';
import { Notice } from '../../ui/Notice.tsx';

const scopes: readonly (readonly [scope: ApiKeyScope, words: string])[] = [
  ['usage:write', 'Report usage'],
  ['usage:read', 'Read usage'],
  ['usage:correct', 'Void and amend usage'],
  ['usage:backfill', 'Backfill past usage'],
  ['limits:check', 'Check limits'],
  ['limits:consume', 'Check and count'],
  ['entitlements:read', 'Read entitlements and flags'],
  ['organizations:read', 'Read the organization and its clients'],
  ['organizations:write', 'Change the organization and its clients'],
  ['billing:read', 'Read subscriptions and invoices'],
  ['billing:write', 'Buy, change and cancel'],
];

export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const { slug: organization } = useOrganization();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly ApiKeyScope[]>([
    'usage:write',
    'limits:check',
    'limits:consume',
  ]);
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter()),
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ organization, name: name.trim(), scopes: [...chosen] });
  }
  if (create.isSuccess) return <NewKeyDialog apiKey={create.data.key} onClose={onClose} />;
  return (
    <Dialog title="Create a key" opened onClose={onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <TextInput
          label="Name"
          description="Where it is used, for example “Production back end”."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          required
          withAsterisk={false}
          data-autofocus
        />
        <fieldset className="mg-fieldset">
          <legend className="mg-strong">It may</legend>
          {scopes.map(([scope, words]) => (
            <Checkbox
              key={scope}
              label={
                <>
                  {words} <code className="mg-muted">{scope}</code>
                </>
              }
              checked={chosen.includes(scope)}
              onChange={(event) =>
                setChosen(
                  event.currentTarget.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope),
                )
              }
            />
          ))}
        </fieldset>
        <FormActions
          error={create.error === null ? null : showError(create.error)}
          submitLabel="Create key"
          onBack={onClose}
          isPending={create.isPending}
          isDisabled={name.trim() === '' || chosen.length === 0}
        />
      </form>
    </Dialog>
  );
}

function NewKeyDialog({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  return (
    <Dialog title="Your new key" opened onClose={onClose}>
      <div className="mg-stack">
        <Notice tone="warning">Copy it now. It is shown this once; we keep only its fingerprint.</Notice>
        <div className="mg-code">
          <CopyText text={apiKey} />
        </div>
        <div className="mg-row mg-row-end">
          <Button onClick={onClose}>I have stored it</Button>
        </div>
      </div>
    </Dialog>
  );
}
