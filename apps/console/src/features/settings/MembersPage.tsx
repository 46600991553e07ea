import { Button, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf } from '../../app/url-state.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { InviteForm } from './InviteForm.tsx';
import { LeaveOrganization } from './LeaveOrganization.tsx';
import { roleChoices } from './role-choices.ts';

export function MembersPage() {
  const { slug: organization, name, role } = useOrganization();
  const session = useSession();
  const query = useQuery(trpc.members.list.queryOptions({ organization }));
  const options = { onSuccess: () => queryClient.invalidateQueries() };
  const changeRole = useMutation(trpc.members.changeRole.mutationOptions(options));
  const remove = useMutation(trpc.members.remove.mutationOptions(options));
  const revoke = useMutation(trpc.members.revokeInvitation.mutationOptions(options));
  const failure = changeRole.error ?? remove.error ?? revoke.error;
  const isOwner = role === 'owner';
  const isAdmin = role !== 'member';
  return (
    <>
      <PageHeader
        title="Members"
        context={name}
        lead="People who sign in here. Owners buy, admins run, members see usage."
      />
      {failure === null ? null : (
        <div className="mg-notices">
          <Notice tone="danger" role="alert">
            {showError(failure).text}
          </Notice>
        </div>
      )}
      <div className="mg-stack-lg">
        {isAdmin ? <InviteForm /> : null}
        <Block title="Members" subject="members" query={query} shape="table" flush>
          {({ members }) => (
            <DataTable
              caption="Members"
              rows={members}
              rowKey={(row) => row.userId}
              columns={[
                {
                  key: 'name',
                  header: 'Name',
                  phone: 'title',
                  render: (row) => (
                    <span className="mg-cell-two">
                      <span className="mg-strong">{row.name}</span>
                      <span className="mg-muted mg-caption">{row.email}</span>
                    </span>
                  ),
                },
                {
                  key: 'role',
                  header: 'Role',
                  phone: 'value',
                  render: (row) =>
                    isOwner && row.userId !== session.user.id ? (
                      <Select
                        size="xs"
                        w={120}
                        aria-label={`Role of ${row.name}`}
                        data={roleChoices}
                        value={row.role}
                        onChange={(value) =>
                          changeRole.mutate({
                            organization,
                            userId: row.userId,
                            role: oneOf(value ?? '', ['member', 'admin', 'owner']),
                          })
                        }
                      />
                    ) : (
                      <span className="mg-tag">{row.role}</span>
                    ),
                },
                { key: 'since', header: 'Since', render: (row) => <DateTime at={row.joinedAt} /> },
                {
                  key: 'do',
                  header: '',
                  align: 'end',
                  render: (row) =>
                    isAdmin && row.userId !== session.user.id && (isOwner || row.role !== 'owner') ? (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="danger"
                        onClick={() => remove.mutate({ organization, userId: row.userId })}
                      >
                        Remove<span className="mg-sr-only"> {row.name}</span>
                      </Button>
                    ) : null,
                },
              ]}
            />
          )}
        </Block>
        <Block title="Open invitations" subject="invitations" query={query} shape="table" flush>
          {({ invitations }) => {
            const open = invitations.filter((invitation) => invitation.status === 'open');
            if (open.length === 0) return <EmptyState reason="never" title="Nobody is invited right now" />;
            return (
              <DataTable
                caption="Open invitations"
                rows={open}
                rowKey={(row) => row.id}
                columns={[
                  {
                    key: 'email',
                    header: 'E-mail',
                    phone: 'title',
                    render: (row) => <span className="mg-strong">{row.email}</span>,
                  },
                  {
                    key: 'role',
                    header: 'Role',
                    phone: 'value',
                    render: (row) => <span className="mg-tag">{row.role}</span>,
                  },
                  { key: 'by', header: 'Invited by', render: (row) => row.invitedBy },
                  { key: 'until', header: 'Valid until', render: (row) => <DateTime at={row.expiresAt} /> },
                  {
                    key: 'do',
                    header: '',
                    align: 'end',
                    render: (row) =>
                      isAdmin ? (
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          color="danger"
                          onClick={() => revoke.mutate({ organization, invitationId: row.id })}
                        >
                          Take back<span className="mg-sr-only"> the invitation of {row.email}</span>
                        </Button>
                      ) : null,
                  },
                ]}
              />
            );
          }}
        </Block>
        <LeaveOrganization />
      </div>
    </>
  );
}
