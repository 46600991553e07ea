import { useEffect } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useSession } from '../../app/session.ts';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { Notice } from '../../ui/Notice.tsx';

/** Back from the hosted billing page: what was changed there arrives by event, so the lists are read anew. */
export function PortalReturnPage() {
  const session = useSession();
  const slug = session.lastOrganizationSlug ?? session.organizations[0]?.slug ?? '';
  useEffect(() => void queryClient.invalidateQueries(), []);
  return (
    <PlainLayout wide>
      <PageHeader title="Welcome back" context="" />
      <div className="mg-stack">
        <Notice tone="info" role="status">
          What you changed on the payment page shows here within seconds.
        </Notice>
        <div className="mg-row">
          <ButtonLink to={paths.paymentMethods(slug)}>Payment methods</ButtonLink>
          <ButtonLink variant="default" to={paths.overview(slug)}>
            Overview
          </ButtonLink>
        </div>
      </div>
    </PlainLayout>
  );
}
