import { Button } from '@mantine/core';
import { replayText } from '@metergate/core/admin/replay-lifecycle';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { staffRefusal, useSession } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { InboundEvent } from '../../app/views.ts';
import { BulkDialog } from '../../components/BulkDialog.tsx';
import { BulkRunBar } from '../../components/BulkRunBar.tsx';

/** Every event of the page that could not be processed, looked at and run again together. */
export function BulkReplay({ events }: { events: readonly InboundEvent[] }) {
  // As they were when the dialog opened: what is replayed leaves the list, and its result must stay to be read.
  const [opened, setOpened] = useState<readonly { key: string; name: string }[] | null>(null);
  const session = useSession();
  const dryRun = useMutation(trpc.admin.events.dryRun.mutationOptions());
  const stuck = events.filter(({ status }) => status === 'failed' || status === 'dead');
  return (
    <>
      <BulkRunBar kind="replay" onShow={({ items }) => setOpened(items)} />
      {stuck.length === 0 ? null : (
        <Button variant="default" onClick={() => setOpened(stuck.map(rowOf))}>
          Replay {stuck.length} failed…
        </Button>
      )}
      {opened === null ? null : (
        <BulkDialog
          title="Replay failed events"
          rows={opened}
          onClose={() => setOpened(null)}
          actionLabel={`Replay ${opened.length}`}
          kind="replay"
          preview={async (id) => replayText(await dryRun.mutateAsync({ id }))}
          refusal={staffRefusal(session, 'billing_ops')}
        >
          The objects are read again at Stripe, so an old event never brings an old state back. A dry run says
          what each would change.
        </BulkDialog>
      )}
    </>
  );
}

function rowOf({ id, type, organization }: InboundEvent) {
  return { key: id, name: organization === null ? type : `${type} · ${organization.name}` };
}
