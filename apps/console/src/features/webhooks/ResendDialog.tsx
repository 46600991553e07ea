import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { now } from '../../app/now.ts';
import { showError } from '../../app/show-error.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { useEndpointCommand, type WebhookScope } from './webhook-scope.ts';

const hourMs = 3_600_000;
const spans = [
  { value: '1', label: 'the last hour' },
  { value: '24', label: 'the last 24 hours' },
  { value: '72', label: 'the last 3 days' },
  { value: '168', label: 'the last 7 days' },
  { value: '720', label: 'the last 30 days' },
];

/** Sends everything since an instant that was not delivered, also what happened while the endpoint was disabled. */
export function ResendDialog(props: { scope: WebhookScope; endpointId: string; onClose: () => void }) {
  const { scope, endpointId, onClose } = props;
  const [hours, setHours] = useState('72');
  const resend = useEndpointCommand(scope, () =>
    scope.calls.resendUndelivered({
      endpointId,
      since: new Date(now().getTime() - Number(hours) * hourMs).toISOString(),
    }),
  );
  if (resend.isSuccess) return <SentDialog count={resend.data.count} onClose={onClose} />;
  return (
    <ConfirmDialog
      title="Send what was missed"
      confirmLabel="Send"
      tone="accent"
      isPending={resend.isPending}
      error={resend.error === null ? null : showError(resend.error)}
      onClose={onClose}
      onConfirm={() => resend.mutate(undefined)}
    >
      <Select
        label="Everything not delivered from"
        description="Failed messages, and those from while the endpoint was disabled. What was delivered is not sent again."
        data={spans}
        value={hours}
        onChange={(value) => setHours(value ?? '72')}
        allowDeselect={false}
      />
    </ConfirmDialog>
  );
}

function SentDialog({ count, onClose }: { count: number; onClose: () => void }) {
  return (
    <Dialog title="Send what was missed" opened onClose={onClose}>
      <div className="mg-stack">
        <p role="status">
          {count === 0 ? 'Nothing was missed in that time.' : `${count} messages are on their way.`}
        </p>
        <div className="mg-row mg-row-end">
          <Button onClick={onClose}>Close</Button>
        </div>
      </div>
    </Dialog>
  );
}
