import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { showError } from '../../app/show-error.ts';
import type { WebhookEndpoint } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { ResendDialog } from './ResendDialog.tsx';
import { useEndpointCommand, type WebhookScope } from './webhook-scope.ts';

interface EndpointActionsProps {
  scope: WebhookScope;
  endpoint: WebhookEndpoint;
  onSecret: (secret: string) => void;
}

type Asked = 'rotate' | 'remove' | 'disable' | 'resend';

export function EndpointActions({ scope, endpoint, onSecret }: EndpointActionsProps) {
  const { id: endpointId } = endpoint;
  const [asked, setAsked] = useState<Asked | null>(null);
  const isDisabled = endpoint.state === 'disabled' || endpoint.state === 'disabled_failing';
  const test = useEndpointCommand(scope, () => scope.calls.test(endpointId));
  const close = () => setAsked(null);
  const needsEnabled = scope.refusal ?? (isDisabled ? 'The endpoint is disabled.' : null);
  return (
    <>
      <GuardedButton refusal={needsEnabled} loading={test.isPending} onClick={() => test.mutate(undefined)}>
        Send a test
      </GuardedButton>
      <GuardedButton variant="default" refusal={needsEnabled} onClick={() => setAsked('resend')}>
        Send what was missed
      </GuardedButton>
      <GuardedButton variant="default" refusal={scope.refusal} onClick={() => setAsked('rotate')}>
        Rotate secret
      </GuardedButton>
      {isDisabled ? null : (
        <GuardedButton variant="default" refusal={scope.refusal} onClick={() => setAsked('disable')}>
          Disable
        </GuardedButton>
      )}
      <GuardedButton
        variant="default"
        color="danger"
        refusal={scope.refusal}
        onClick={() => setAsked('remove')}
      >
        Remove
      </GuardedButton>
      {test.error === null ? null : (
        <p className="mg-field-error" role="alert">
          {showError(test.error).text}
        </p>
      )}
      {asked === 'resend' ? <ResendDialog scope={scope} endpointId={endpointId} onClose={close} /> : null}
      {asked === null || asked === 'resend' ? null : (
        <AskedDialog asked={asked} {...{ scope, endpoint, onSecret }} onClose={close} />
      )}
    </>
  );
}

const words = {
  rotate: {
    title: 'Rotate the secret',
    label: 'Rotate secret',
    text: 'You get a new secret now. For 24 hours every message is signed with both, so nothing is refused meanwhile.',
  },
  disable: {
    title: 'Disable this endpoint',
    label: 'Disable',
    text: 'Nothing is sent here any more. What it misses in the next 30 days can be sent when you enable it again.',
  },
  remove: {
    title: 'Remove this endpoint',
    label: 'Remove endpoint',
    text: 'The endpoint and the log of its deliveries are deleted. This cannot be undone.',
  },
} as const;

function AskedDialog(props: EndpointActionsProps & { asked: Exclude<Asked, 'resend'>; onClose: () => void }) {
  const { asked, scope, endpoint, onSecret, onClose } = props;
  const router = useRouter();
  const { id: endpointId } = endpoint;
  const command = useEndpointCommand(scope, async () => {
    if (asked === 'rotate') onSecret((await scope.calls.rotate(endpointId)).secret);
    else if (asked === 'disable') await scope.calls.change({ endpointId, isEnabled: false });
    else await scope.calls.remove(endpointId);
    onClose();
    if (asked === 'remove') router.history.push(scope.listPath);
  });
  const { title, label, text } = words[asked];
  return (
    <ConfirmDialog
      title={title}
      confirmLabel={label}
      tone={asked === 'rotate' ? 'accent' : 'danger'}
      isPending={command.isPending}
      error={command.error === null ? null : showError(command.error)}
      onClose={onClose}
      onConfirm={() => command.mutate(undefined)}
    >
      {text}
    </ConfirmDialog>
  );
}
