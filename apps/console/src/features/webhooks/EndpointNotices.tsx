import { Button } from '@mantine/core';
import { showError } from '../../app/show-error.ts';
import type { WebhookEndpoint } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { useEndpointCommand, type WebhookScope } from './webhook-scope.ts';

/** Says what is wrong with an endpoint and offers the one step that helps. */
export function EndpointNotices({ scope, endpoint }: { scope: WebhookScope; endpoint: WebhookEndpoint }) {
  const { id: endpointId, state } = endpoint;
  const enable = useEndpointCommand(scope, () => scope.calls.change({ endpointId, isEnabled: true }));
  if (state === 'enabled') return null;
  const button =
    scope.refusal === null && state !== 'failing' ? (
      <Button size="compact-sm" loading={enable.isPending} onClick={() => enable.mutate(undefined)}>
        Enable
      </Button>
    ) : undefined;
  return (
    <div className="mg-notices">
      <Notice tone={state === 'disabled' ? 'info' : 'danger'} action={button}>
        <StateText endpoint={endpoint} />
        {enable.error === null ? null : <p role="alert">{showError(enable.error).text}</p>}
      </Notice>
    </div>
  );
}

function StateText({ endpoint }: { endpoint: WebhookEndpoint }) {
  switch (endpoint.state) {
    case 'failing':
      return (
        <>
          Nothing has been taken since <DateTime at={endpoint.failingSince} as="time" />. We keep trying;
          after three days without a success the endpoint is disabled.
        </>
      );
    case 'disabled_failing':
      return (
        <>
          Disabled on <DateTime at={endpoint.disabledAt} as="time" /> after three days without a success.
          Enable it when it works again, then send what it missed.
        </>
      );
    default:
      return <>Disabled: nothing is sent here. What it misses can be sent later.</>;
  }
}
