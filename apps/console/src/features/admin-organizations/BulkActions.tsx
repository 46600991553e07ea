import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { offerDownload } from '../../app/offer-download.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { AdminOrganizationRow } from '../../app/views.ts';
import { BulkDialog } from '../../components/BulkDialog.tsx';
import { organizationsCsv } from './organizations-csv.ts';

interface BulkActionsProps {
  rows: readonly AdminOrganizationRow[];
  onClear: () => void;
}

/** What can be done for the chosen organizations together. */
export function BulkActions({ rows, onClear }: BulkActionsProps) {
  const session = useSession();
  const [isResyncing, setResyncing] = useState(false);
  const resync = useMutation(trpc.admin.organizations.resync.mutationOptions());
  if (rows.length === 0) return null;
  return (
    <div className="mg-bulk-bar" role="toolbar" aria-label="Chosen organizations">
      <strong className="mg-figure">{rows.length} chosen</strong>
      <Button size="compact-md" variant="default" onClick={() => setResyncing(true)}>
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
      {isResyncing ? (
        <BulkDialog
          title={`Resync ${rows.length} organizations`}
          rows={rows.map(({ slug, name }) => ({ key: slug, name }))}
          onClose={() => setResyncing(false)}
          actionLabel={`Resync ${rows.length}`}
          preview={null}
          act={async (organization, reason) => driftText(await resync.mutateAsync({ organization, reason }))}
          refusal={staffRefusal(session, 'billing_ops')}
        >
          Reads subscriptions, invoices and cards of each at Stripe and makes our copy equal.
        </BulkDialog>
      ) : null}
    </div>
  );
}

function driftText(fields: readonly { equal: boolean }[]): string {
  const different = fields.filter(({ equal }) => !equal).length;
  return different === 0 ? 'nothing differed' : `${different} fields corrected`;
}
