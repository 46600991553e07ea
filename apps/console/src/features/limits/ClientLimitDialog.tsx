import { Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { ClientLimit, Limit } from '../../app/views.ts';
import { measuredText } from '../../components/quantity-text.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';
import { ClientSelect } from './ClientSelect.tsx';
import { RemoveButton } from './RemoveButton.tsx';

const decimal = /^\d{1,15}(\.\d{1,12})?$/;

interface ClientLimitDialogProps {
  limits: readonly Limit[];
  /** The one to change; without it a new one is made. */
  known: ClientLimit | null;
  client: string | null;
  onClose: () => void;
}

export function ClientLimitDialog({ limits, known, client: preset, onClose }: ClientLimitDialogProps) {
  const { slug: organization } = useOrganization();
  const [client, setClient] = useState(known?.client ?? preset);
  const [feature, setFeature] = useState(known?.feature ?? null);
  const [limit, setLimit] = useState(known?.limit ?? '');
  const save = useSave(onClose);
  const chosen = limits.find((candidate) => candidate.feature === feature);
  const isReady = client !== null && feature !== null && decimal.test(limit);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isReady) save.mutate({ organization, client, feature, limit });
  }
  return (
    <Dialog
      title={known === null ? 'Limit a client' : `${known.clientName}: ${known.name}`}
      opened
      onClose={onClose}
      size="sm"
    >
      <form className="mg-stack" onSubmit={submit}>
        <p className="mg-muted">
          At the limit further use of this client is refused; other clients go on. It lies within your plan’s
          limit and starts again with it.
        </p>
        {known === null ? (
          <>
            <ClientSelect value={client} onChange={setClient} />
            <FeatureSelect limits={limits} value={feature} onChange={setFeature} />
          </>
        ) : (
          <p className="mg-figure">Used so far: {measuredText(known.used, known.unit)}</p>
        )}
        <TextInput
          label={chosen === undefined || chosen.unit === '' ? 'Limit' : `Limit (${chosen.unit})`}
          inputMode="decimal"
          value={limit}
          onChange={(event) => setLimit(event.currentTarget.value)}
          error={limit !== '' && !decimal.test(limit) ? 'A number like 500.' : null}
        />
        {known === null ? null : (
          <RemoveButton
            label="Remove this limit"
            isPending={save.isPending}
            onRemove={() =>
              save.mutate({ organization, client: known.client, feature: known.feature, limit: null })
            }
          />
        )}
        <FormActions
          error={save.error === null ? null : showError(save.error)}
          submitLabel="Save limit"
          onBack={onClose}
          isPending={save.isPending}
          isDisabled={!isReady}
        />
      </form>
    </Dialog>
  );
}

function useSave(onClose: () => void) {
  const { slug: organization } = useOrganization();
  return useMutation(
    trpc.limits.setClient.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.limits.clients.queryFilter({ organization }));
        onClose();
      },
    }),
  );
}

interface FeatureSelectProps {
  limits: readonly Limit[];
  value: string | null;
  onChange: (feature: string | null) => void;
}

function FeatureSelect({ limits, value, onChange }: FeatureSelectProps) {
  const metered = limits.filter(({ kind }) => kind === 'metered');
  return (
    <Select
      label="Feature"
      placeholder="Choose"
      data={metered.map(({ feature, name }) => ({ value: feature, label: name }))}
      value={value}
      onChange={onChange}
    />
  );
}
