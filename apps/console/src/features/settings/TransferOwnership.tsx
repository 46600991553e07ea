import { Button, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

/** Hands the organization to another member; whoever does it stays as an admin. */
export function TransferOwnership() {
  const { slug: organization, name } = useOrganization();
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  const [userId, setUserId] = useState<string | null>(null);
  const members = useQuery(trpc.members.list.queryOptions({ organization }));
  const others = (members.data?.members ?? []).filter((member) => member.userId !== session.user.id);
  const heir = others.find((member) => member.userId === userId);
  const transfer = useMutation(
    trpc.organizations.transfer.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        await queryClient.invalidateQueries();
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    if (heir !== undefined) transfer.mutate({ organization, userId: heir.userId });
  }
  return (
    <section className="mg-block" aria-labelledby="transfer-ownership">
      <div className="mg-block-head">
        <h2 id="transfer-ownership">Transfer ownership</h2>
      </div>
      <div className="mg-block-body mg-stack">
        <p className="mg-muted mg-measure">
          Another member becomes the owner: they buy, pay and decide who belongs here. You stay as an admin.
        </p>
        <div className="mg-row">
          {members.data !== undefined && others.length === 0 ? (
            <Alone organization={organization} />
          ) : (
            <Button variant="default" onClick={() => setOpen(true)}>
              Transfer {name}
            </Button>
          )}
        </div>
      </div>
      <Dialog title={`Transfer ${name}`} opened={isOpen} onClose={() => setOpen(false)}>
        <form className="mg-stack" onSubmit={submit}>
          <Select
            label="New owner"
            placeholder="Choose a member"
            data={others.map((member) => ({
              value: member.userId,
              label: `${member.name} (${member.email})`,
            }))}
            value={userId}
            onChange={setUserId}
            data-autofocus
          />
          <p className="mg-muted">Only the new owner can give it back.</p>
          <FormActions
            error={transfer.error === null ? null : showError(transfer.error)}
            submitLabel={heir === undefined ? 'Transfer ownership' : `Make ${heir.name} the owner`}
            onBack={() => setOpen(false)}
            isPending={transfer.isPending}
            isDisabled={heir === undefined}
            tone="danger"
          />
        </form>
      </Dialog>
    </section>
  );
}

function Alone({ organization }: { organization: string }) {
  return (
    <span>
      Nobody else is a member yet. <AppLink to={paths.members(organization)}>Invite somebody</AppLink>
    </span>
  );
}
