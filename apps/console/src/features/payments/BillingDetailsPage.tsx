import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { BillingDetailsForm } from './BillingDetailsForm.tsx';

/** Who is billed, as it stands on every document from now on. */
export function BillingDetailsPage() {
  const { slug: organization, name, role, timeZone, viewAs } = useOrganization();
  const query = useQuery(trpc.payments.details.queryOptions({ organization }));
  const changedAt = query.data?.changedAt ?? null;
  return (
    <>
      <PageHeader
        title="Billing details"
        context={name}
        lead={
          changedAt === null ? (
            'Who is billed, as it stands on invoices.'
          ) : (
            <>
              Changed <DateTime at={changedAt} timeZone={timeZone} as="time" />; invoices from then on show
              it.
            </>
          )
        }
      />
      <Block title="Billed to" subject="the billing details" query={query}>
        {(details) => (
          <BillingDetailsForm
            key={details.changedAt ?? 'new'}
            details={details}
            refusal={
              viewAs !== null
                ? 'You are viewing this organization read-only.'
                : role === 'owner'
                  ? null
                  : 'Only an owner changes these.'
            }
          />
        )}
      </Block>
    </>
  );
}
