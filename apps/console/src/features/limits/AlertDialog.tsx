import { Checkbox } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Limit } from '../../app/views.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

const offered = [50, 80, 90, 100, 120];

export function AlertDialog({ limit, onClose }: { limit: Limit; onClose: () => void }) {
  const { slug: organization } = useOrganization();
  const [chosen, setChosen] = useState<readonly number[]>(limit.thresholds);
  const save = useMutation(
    trpc.limits.setAlert.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.limits.list.queryFilter({ organization }));
        onClose();
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate({
      organization,
      feature: limit.feature,
      thresholds: [...chosen].sort((left, right) => left - right),
    });
  }
  function toggle(threshold: number, isOn: boolean) {
    setChosen(isOn ? [...chosen, threshold] : chosen.filter((candidate) => candidate !== threshold));
  }
  const all = [...new Set([...offered, ...limit.thresholds])].sort((left, right) => left - right);
  return (
    <Dialog title={`Alerts for ${limit.name}`} opened onClose={onClose} size="sm">
      <form className="mg-stack" onSubmit={submit}>
        <p className="mg-muted">
          One e-mail per threshold until usage starts again, to the address of the organization.{' '}
          {limit.consequence}
        </p>
        <fieldset className="mg-fieldset">
          <legend className="mg-sr-only">Tell us at</legend>
          {all.map((threshold) => (
            <Checkbox
              key={threshold}
              label={`At ${threshold} % of what is included`}
              checked={chosen.includes(threshold)}
              onChange={(event) => toggle(threshold, event.currentTarget.checked)}
            />
          ))}
        </fieldset>
        <FormActions
          error={save.error === null ? null : showError(save.error)}
          submitLabel="Save alerts"
          onBack={onClose}
          isPending={save.isPending}
        />
      </form>
    </Dialog>
  );
}
