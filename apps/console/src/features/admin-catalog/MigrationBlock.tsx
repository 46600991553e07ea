import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { MigrationStep } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

/** Ordered by one press; the rest stays in the table for the next. */
const countOfRun = 100;

interface MigrationBlockProps {
  family: string;
  plan: { plan: string; name: string };
}

/** Who still has an older version of a plan, and what moving them would mean. Absent while everybody has the latest. */
export function MigrationBlock({ family, plan }: MigrationBlockProps) {
  const refusal = staffRefusal(useSession(), 'super_admin');
  const [isAsking, setAsking] = useState(false);
  const wish = { family, plan: plan.plan };
  const query = useQuery(trpc.admin.catalog.previewMigration.queryOptions(wish));
  const migrate = useMutation(
    trpc.admin.catalog.migrate.mutationOptions({
      onSuccess: async () => {
        setAsking(false);
        await queryClient.invalidateQueries(trpc.admin.catalog.previewMigration.queryFilter(wish));
      },
    }),
  );
  if (query.isPending || query.data?.steps.length === 0) return null;
  return (
    <Block title={`Older versions of ${plan.name}`} subject="subscribers" query={query} shape="table" flush>
      {({ steps }) => (
        <>
          <DataTable
            caption={`Subscribers of older versions of ${plan.name}`}
            rows={steps}
            rowKey={({ subscriptionId }) => subscriptionId}
            columns={columns}
          />
          <div className="mg-pad">
            <GuardedButton refusal={refusal} onClick={() => setAsking(true)}>
              Move at their next renewal
            </GuardedButton>
          </div>
          <ReasonDialog
            title={`Move subscribers of ${plan.name}`}
            opened={isAsking}
            onClose={() => setAsking(false)}
            confirmLabel="Move"
            isPending={migrate.isPending}
            error={migrate.error === null ? null : showError(migrate.error)}
            onConfirm={(reason) => migrate.mutate({ ...wish, reason, countMax: countOfRun })}
          >
            At most {countOfRun} subscriptions get the new price at their next renewal, without proration.
            Those that are blocked stay as they are.
          </ReasonDialog>
        </>
      )}
    </Block>
  );
}

const columns: Column<MigrationStep>[] = [
  {
    key: 'organization',
    header: 'Organization',
    phone: 'title',
    render: ({ slug, fromVersion, toVersion }) => (
      <span className="mg-cell-two">
        <span className="mg-strong">{slug}</span>
        <span className="mg-muted mg-caption">
          version {fromVersion} → {toVersion}
        </span>
      </span>
    ),
  },
  {
    key: 'state',
    header: 'State',
    render: ({ state, reason }) => (reason === null ? state : `${state}: ${reason}`),
  },
  { key: 'at', header: 'From', render: ({ at }) => <DateTime at={at} /> },
  {
    key: 'old',
    header: 'Now',
    align: 'end',
    render: ({ oldMinor, currency }) => <Amount minor={oldMinor} currency={currency} />,
  },
  {
    key: 'new',
    header: 'Then',
    align: 'end',
    phone: 'value',
    render: ({ newMinor, currency }) => <Amount minor={newMinor} currency={currency} />,
  },
  {
    key: 'changes',
    header: 'Gains and losses',
    render: ({ gains, losses, keptPrices }) =>
      [
        ...gains.map((text) => `+ ${text}`),
        ...losses.map((text) => `− ${text}`),
        ...keptPrices.map((text) => `kept: ${text}`),
      ].join('; ') || 'none',
  },
];
