import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { WebhookEndpoint } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { SecretDialog } from './CreateEndpointDialog.tsx';
import { DeliveriesBlock } from './DeliveriesBlock.tsx';
import { EndpointActions } from './EndpointActions.tsx';
import { EndpointNotices } from './EndpointNotices.tsx';
import {
  endpointOptions,
  useEndpointId,
  useOrganizationScope,
  usePlatformScope,
  type WebhookScope,
} from './webhook-scope.ts';

export function WebhookPage() {
  return <Endpoint scope={useOrganizationScope()} />;
}

export function AdminWebhookPage() {
  return <Endpoint scope={usePlatformScope()} />;
}

function Endpoint({ scope }: { scope: WebhookScope }) {
  const endpointId = useEndpointId();
  const [secret, setSecret] = useState<string | null>(null);
  const query = useQuery(endpointOptions(scope, endpointId));
  const endpoint = query.data;
  return (
    <>
      <PageHeader
        title={endpoint === undefined || endpoint.description === '' ? 'Endpoint' : endpoint.description}
        context={scope.name}
        above={<AppLink to={scope.listPath}>Webhooks</AppLink>}
        actions={
          endpoint === undefined ? undefined : (
            <EndpointActions scope={scope} endpoint={endpoint} onSecret={setSecret} />
          )
        }
      />
      {endpoint === undefined ? null : <EndpointNotices scope={scope} endpoint={endpoint} />}
      <Block title="Endpoint" subject="the endpoint" query={query} hideTitle>
        {(found) => <Facts facts={factsOf(found, scope)} />}
      </Block>
      <DeliveriesBlock scope={scope} endpointId={endpointId} />
      {secret === null ? null : <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}

function factsOf(endpoint: WebhookEndpoint, { timeZone }: WebhookScope) {
  const zone = timeZone === undefined ? {} : { timeZone };
  const facts = [
    ['Address', <code key="url">{endpoint.url}</code>],
    ['State', <StatusBadge key="state" status={endpoint.state} />],
    ['Hears', endpoint.types.length === 0 ? 'Everything' : endpoint.types.join(', ')],
    ['Added', <DateTime key="added" at={endpoint.createdAt} {...zone} />],
  ] as const;
  if (endpoint.previousSecretUntil === null) return facts;
  const until = <DateTime key="until" at={endpoint.previousSecretUntil} as="time" {...zone} />;
  return [...facts, ['Old secret signs until', until] as const];
}
