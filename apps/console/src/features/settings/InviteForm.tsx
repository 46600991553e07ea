import { Button, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf } from '../../app/url-state.ts';
import { roleChoices } from './role-choices.ts';

export function InviteForm() {
  const { slug: organization, role: ownRole } = useOrganization();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState('member');
  const invite = useMutation(
    trpc.members.invite.mutationOptions({
      onSuccess: () => {
        setEmail('');
        return queryClient.invalidateQueries(trpc.members.list.queryFilter({ organization }));
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    invite.mutate({ organization, email: email.trim(), role: oneOf(role, ['member', 'admin', 'owner']) });
  }
  return (
    <section className="mg-block" aria-labelledby="invite">
      <div className="mg-block-head">
        <h2 id="invite">Invite</h2>
      </div>
      <div className="mg-block-body">
        <form className="mg-filters mg-filters-bare" onSubmit={submit}>
          <TextInput
            className="mg-grow"
            label="E-mail"
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            required
            withAsterisk={false}
          />
          <Select
            label="Role"
            w={140}
            data={roleChoices.filter(({ value }) => value !== 'owner' || ownRole === 'owner')}
            value={role}
            onChange={(value) => setRole(value ?? role)}
          />
          <Button type="submit" loading={invite.isPending}>
            Send invitation
          </Button>
        </form>
        <p role="status" className={invite.error === null ? 'mg-muted' : 'mg-field-error'}>
          {invite.error === null
            ? invite.isSuccess
              ? `Invitation sent to ${invite.data.email}.`
              : ''
            : showError(invite.error).text}
        </p>
      </div>
    </section>
  );
}
