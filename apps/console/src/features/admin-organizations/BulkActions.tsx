import { Button } from '@mantine/core';
import { useState } from 'react';
import { offerDownload } from '../../app/offer-download.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { trpcClient } from '../../app/trpc.ts';
import type { AdminOrganizationRow } from '../../app/views.ts';
import { BulkDialog } from '../../components/BulkDialog.tsx';
import { BulkRunBar } from '../../components/BulkRunBar.tsx';
import { organizationsCsv } from './organizations-csv.ts';

interface BulkActionsProps {
  rows: readonly AdminOrganizationRow[];
  onClear: () => void;
}

/** What can be done for the chosen organizations together. */
export function BulkActions({ rows, onClear }: BulkActionsProps) {
  const session = useSession();
  // As they were when the dialog opened: a repaired one may leave the list, and its result must stay to be read.
  const [opened, setOpened] = useState<readonly { key: string; name: string }[] | null>(null);
  return (
    <>
      <BulkRunBar kind="resync" onShow={({ items }) => setOpened(items)} />
      {rows.length === 0 ? null : (
        <div className="mg-bulk-bar" role="toolbar" aria-label="Chosen organizations">
          <strong className="mg-figure">{rows.length} chosen</strong>
          <Button size="compact-md" variant="default" onClick={() => setOpened(rows.map(rowOf))}>
            Resync with Stripe…
          </Button>
          <Button
            size="compact-md"
            variant="default"
            onClick={() => offerDownload(organizationsCsv(rows), 'organizations.csv')}
          >
            Export CSV
          </Button>
          <button type="button" className="mg-link" onClick={onClear}>
            Clear
          </button>
        </div>
      )}
      {opened === null ? null : (
        <BulkDialog
          title={`Resync ${opened.length} organizations`}
          rows={opened}
          onClose={() => setOpened(null)}
          kind="resync"
          actionLabel={`Resync ${opened.length}`}
          preview={async (organization) =>
            differenceText(await trpcClient.admin.organizations.drift.query({ organization }))
          }
          refusal={staffRefusal(session, 'billing_ops')}
        >
          Reads subscriptions, invoices and cards of each at Stripe and makes our copy equal. A dry run says
          what differs and changes nothing.
        </BulkDialog>
      )}
    </>
  );
}

function rowOf({ slug, name }: AdminOrganizationRow) {
  return { key: slug, name };
}

function differenceText(fields: readonly { equal: boolean }[]): string {
  const count = differingOf(fields);
  return count === 0 ? 'nothing differs' : count === 1 ? '1 field differs' : `${count} fields differ`;
}

function differingOf(fields: readonly { equal: boolean }[]): number {
  return fields.filter(({ equal }) => !equal).length;
}
