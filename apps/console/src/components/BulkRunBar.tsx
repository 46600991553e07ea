import { Button } from '@mantine/core';
import { staffRefusal, useSession } from '../app/session.ts';
import type { BulkRun } from '../app/views.ts';
import { DateTime } from './DateTime.tsx';
import { GuardedButton } from './GuardedButton.tsx';
import { progressText, useBulkRun } from './use-bulk-run.ts';

const titles: Readonly<Record<BulkRun['kind'], string>> = {
  replay: 'Replaying events',
  resync: 'Resyncing organizations',
};

interface BulkRunBarProps {
  kind: BulkRun['kind'];
  onShow: (run: BulkRun) => void;
}

/** What a worker is doing for many, also after the page was closed and opened again. */
export function BulkRunBar({ kind, onShow }: BulkRunBarProps) {
  const { run, cancel } = useBulkRun(kind);
  const refusal = staffRefusal(useSession(), 'billing_ops');
  if (run?.status !== 'running') return null;
  return (
    <div className="mg-bulk-bar" role="status">
      <strong>{titles[kind]}</strong>
      <span className="mg-figure">{progressText(run)}</span>
      <span className="mg-muted mg-caption">
        {run.startedBy}, <DateTime at={run.startedAt} as="time" />: {run.reason}
      </span>
      <Button size="compact-md" variant="default" onClick={() => onShow(run)}>
        Show
      </Button>
      <GuardedButton
        size="compact-md"
        variant="default"
        refusal={refusal}
        onClick={() => cancel.mutate({ id: run.id })}
      >
        Cancel
      </GuardedButton>
    </div>
  );
}
