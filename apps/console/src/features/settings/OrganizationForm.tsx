import { Select, Switch, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Organization } from '../../app/views.ts';
import { SaveRow } from '../../ui/SaveRow.tsx';

interface OrganizationFormProps {
  organization: Organization;
  /** Why the reader cannot change it; null = may. */
  refusal: string | null;
}

export function OrganizationForm({ organization, refusal }: OrganizationFormProps) {
  const readOnly = refusal !== null;
  const { slug } = useOrganization();
  const [name, setName] = useState(organization.name);
  const [email, setEmail] = useState(organization.email);
  const [timeZone, setTimeZone] = useState(organization.timeZone);
  const [settings, setSettings] = useState(organization.settings);
  const save = useMutation(
    trpc.organizations.update.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate({
      organization: slug,
      name: name.trim(),
      email: email.trim(),
      timeZone,
      ...rightsOf(settings),
    });
  }
  return (
    <form className="mg-stack mg-measure" onSubmit={submit}>
      {refusal === null ? null : <p className="mg-muted">{refusal}</p>}
      <TextInput
        label="Name"
        description="As it stands on invoices."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={200}
        required
        withAsterisk={false}
        disabled={readOnly}
      />
      <TextInput
        label="Billing e-mail"
        type="email"
        description="Invoices and payment notices go here."
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        required
        withAsterisk={false}
        disabled={readOnly}
      />
      <Select
        label="Billing time zone"
        description="Days in graphs begin at midnight here. Billing periods stay in UTC."
        data={[...new Set([organization.timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])]}
        value={timeZone}
        onChange={(value) => setTimeZone(value ?? timeZone)}
        searchable
        limit={50}
        disabled={readOnly}
      />
      <SettingSwitches settings={settings} onChange={setSettings} readOnly={readOnly} />
      <SaveRow
        error={save.error === null ? null : showError(save.error)}
        isPending={save.isPending}
        isSaved={save.isSuccess}
        isDisabled={readOnly}
      />
    </form>
  );
}

interface SettingSwitchesProps {
  settings: Organization['settings'];
  onChange: (settings: Organization['settings']) => void;
  readOnly: boolean;
}

/** Buying seats automatically is agreed to where seats are. */
function rightsOf({ adminsSeeMoney, adminsMayBuy }: Organization['settings']) {
  return { adminsSeeMoney, adminsMayBuy };
}

function SettingSwitches({ settings, onChange, readOnly }: SettingSwitchesProps) {
  return (
    <>
      <Switch
        label="Admins see amounts"
        checked={settings.adminsSeeMoney}
        onChange={(event) => onChange({ ...settings, adminsSeeMoney: event.currentTarget.checked })}
        disabled={readOnly}
      />
      <Switch
        label="Admins may buy and change plans"
        checked={settings.adminsMayBuy}
        onChange={(event) => onChange({ ...settings, adminsMayBuy: event.currentTarget.checked })}
        disabled={readOnly}
      />
    </>
  );
}
