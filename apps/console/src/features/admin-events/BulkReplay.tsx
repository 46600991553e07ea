import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { staffRefusal, useSession } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { InboundEvent, ReplayAnswer } from '../../app/views.ts';
import { BulkDialog } from '../../components/BulkDialog.tsx';

const words: Readonly<Record<ReplayAnswer['result'], string>> = {
  would_change: 'would change something',
  already_applied: 'already applied',
  would_fail: 'would fail again',
  would_ignore: 'would be ignored',
  would_wait: 'would wait on',
  requeued: 'queued again',
  not_replayable: 'cannot be replayed',
};

/** Every event of the page that could not be processed, looked at and run again together. */
export function BulkReplay({ events }: { events: readonly InboundEvent[] }) {
  // As they were when the dialog opened: what is replayed leaves the list, and its result must stay to be read.
  const [opened, setOpened] = useState<readonly InboundEvent[] | null>(null);
  const session = useSession();
  const dryRun = useMutation(trpc.admin.events.dryRun.mutationOptions());
  const replay = useMutation(trpc.admin.events.replay.mutationOptions());
  const stuck = events.filter(({ status }) => status === 'failed' || status === 'dead');
  return (
    <>
      {stuck.length === 0 ? null : (
        <Button variant="default" onClick={() => setOpened(stuck)}>
          Replay {stuck.length} failed…
        </Button>
      )}
      {opened === null ? null : (
        <BulkDialog
          title="Replay failed events"
          rows={opened.map(({ id, type, organization }) => ({
            key: id,
            name: organization === null ? type : `${type} · ${organization.name}`,
          }))}
          onClose={() => setOpened(null)}
          actionLabel={`Replay ${opened.length}`}
          preview={async (id) => answerText(await dryRun.mutateAsync({ id }))}
          act={async (id, reason) => answerText(await replay.mutateAsync({ id, reason }))}
          refusal={staffRefusal(session, 'billing_ops')}
        >
          The objects are read again at Stripe, so an old event never brings an old state back. A dry run says
          what each would change.
        </BulkDialog>
      )}
    </>
  );
}

function answerText({ result, changes, reason }: ReplayAnswer): string {
  if (reason !== null && result !== 'requeued') return `${words[result]}: ${reason}`;
  const count = changes.length;
  return count === 0 ? words[result] : `${words[result]} (${count} ${count === 1 ? 'field' : 'fields'})`;
}
