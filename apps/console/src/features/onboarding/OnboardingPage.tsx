import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { sessionOptions, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RegionalFields } from '../../components/RegionalFields.tsx';
import { guessedTimeZone } from '../../components/regional-choices.ts';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { Notice } from '../../ui/Notice.tsx';

export function OnboardingPage() {
  const session = useSession();
  const router = useRouter();
  const [name, setName] = useState('');
  const [currency, setCurrency] = useState('USD');
  const [timeZone, setTimeZone] = useState(guessedTimeZone);
  const create = useMutation(
    trpc.organizations.create.mutationOptions({
      onSuccess: async (organization) => {
        await queryClient.refetchQueries(sessionOptions());
        router.history.push(paths.plans(organization.slug));
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ name: name.trim(), currency, timeZone });
  }
  const first = session.organizations[0];
  return (
    <PlainLayout wide>
      <PageHeader
        title={first === undefined ? 'Set up your organization' : 'New organization'}
        context=""
        lead="Usage is counted and billed per organization. You can invite others afterwards."
      />
      <form className="mg-stack mg-plain-panel" onSubmit={submit}>
        {create.error === null ? null : (
          <Notice tone="danger" role="alert">
            {showError(create.error).text}
          </Notice>
        )}
        <TextInput
          label="Name"
          description="As it should stand on invoices."
          autoComplete="organization"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          required
          withAsterisk={false}
        />
        <RegionalFields
          currency={currency}
          onCurrency={setCurrency}
          timeZone={timeZone}
          onTimeZone={setTimeZone}
        />
        <div className="mg-row mg-row-end">
          {first === undefined ? null : (
            <AppLink to={paths.overview(first.slug)}>Back to {first.name}</AppLink>
          )}
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            Create organization
          </Button>
        </div>
      </form>
    </PlainLayout>
  );
}
