import { Button, Checkbox, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { showError } from '../../app/show-error.ts';
import type { WebhookType } from '../../app/views.ts';
import { CopyText } from '../../ui/CopyText.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { TypeChoices } from './TypeChoices.tsx';
import { useEndpointCommand, type WebhookScope } from './webhook-scope.ts';

export function CreateEndpointDialog({ scope, onClose }: { scope: WebhookScope; onClose: () => void }) {
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [isEverything, setEverything] = useState(true);
  const [types, setTypes] = useState<readonly WebhookType[]>([]);
  const create = useEndpointCommand(scope, scope.calls.create);
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({
      url: url.trim(),
      description: description.trim(),
      types: isEverything ? [] : [...types],
    });
  }
  if (create.isSuccess) return <SecretDialog secret={create.data.secret} onClose={onClose} />;
  return (
    <Dialog title="Add an endpoint" opened onClose={onClose} size="lg">
      <form className="mg-stack" onSubmit={submit}>
        <TextInput
          label="Address"
          description="Begins with https:// and can be reached from the public internet."
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          maxLength={2000}
          required
          withAsterisk={false}
          data-autofocus
        />
        <TextInput
          label="Description"
          description="Optional, for example “Production back end”."
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          maxLength={200}
        />
        <Checkbox
          label="Send everything, also types that come later"
          checked={isEverything}
          onChange={(event) => setEverything(event.currentTarget.checked)}
        />
        {isEverything ? null : <TypeChoices chosen={types} onChange={setTypes} />}
        <FormActions
          error={create.error === null ? null : showError(create.error)}
          submitLabel="Add endpoint"
          onBack={onClose}
          isPending={create.isPending}
          isDisabled={url.trim() === '' || (!isEverything && types.length === 0)}
        />
      </form>
    </Dialog>
  );
}

/** The only moment in which a secret can be read. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title="The endpoint’s secret" opened onClose={onClose}>
      <div className="mg-stack">
        <Notice tone="warning">
          Copy it now; it is shown this once. Your server checks with it that a message comes from here.
        </Notice>
        <div className="mg-code">
          <CopyText text={secret} />
        </div>
        <div className="mg-row mg-row-end">
          <Button onClick={onClose}>I have stored it</Button>
        </div>
      </div>
    </Dialog>
  );
}
