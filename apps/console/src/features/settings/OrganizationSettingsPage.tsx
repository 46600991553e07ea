import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Organization } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { CloseOrganization } from './CloseOrganization.tsx';
import { OrganizationForm } from './OrganizationForm.tsx';
import { TransferOwnership } from './TransferOwnership.tsx';

export function OrganizationSettingsPage() {
  const { slug: organization, name, role } = useOrganization();
  const query = useQuery(trpc.organizations.get.queryOptions({ organization }));
  return (
    <>
      <PageHeader title="Organization" context={name} />
      <div className="mg-grid" data-align="start">
        <div data-span="8" className="mg-stack-lg">
          <Block title="Details" subject="the organization" query={query} shape="bars">
            {(data) => <OrganizationForm key={data.id} organization={data} refusal={refusalOf(role, data)} />}
          </Block>
          {role === 'owner' && query.data !== undefined && query.data.status === 'active' ? (
            <>
              <TransferOwnership />
              <CloseOrganization organization={query.data} />
            </>
          ) : null}
        </div>
        <div data-span="4">
          <Block title="Identifiers" subject="the organization" query={query}>
            {(data) => (
              <Facts
                facts={[
                  ['Id', <CopyText key="id" text={data.id} shown={`${data.id.slice(0, 12)}…`} />],
                  ['Slug', <CopyText key="slug" text={data.slug} />],
                  [
                    'Your own id',
                    data.externalId === null ? '—' : <CopyText key="ext" text={data.externalId} />,
                  ],
                  [
                    'Stripe customer',
                    data.stripeCustomerId === null ? (
                      '—'
                    ) : (
                      <CopyText key="cus" text={data.stripeCustomerId} />
                    ),
                  ],
                  ['Currency', data.currency],
                  ['Since', <DateTime key="at" at={data.createdAt} timeZone={data.timeZone} />],
                ]}
              />
            )}
          </Block>
        </div>
      </div>
    </>
  );
}

function refusalOf(role: string, { status }: Organization): string | null {
  if (status === 'closed') return 'The organization is closed; its details stay as they were.';
  return role === 'owner' ? null : 'Only an owner changes these.';
}
