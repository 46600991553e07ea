import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { DoctorRule } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

/** Rules that hold in a healthy installation, counted over all data, with a repair where one press can mend it. */
export function DoctorBlock() {
  const [mending, setMending] = useState<DoctorRule | null>(null);
  const query = useQuery(trpc.admin.doctor.check.queryOptions());
  return (
    <Block
      title="Billing doctor"
      subject="the doctor"
      query={query}
      shape="table"
      flush
      actions={
        <Button size="compact-sm" variant="default" onClick={() => void query.refetch()}>
          Check again
        </Button>
      }
    >
      {({ rules }) => (
        <>
          <DataTable
            caption="Rules and whether they hold"
            rows={rules}
            rowKey={(rule) => rule.key}
            columns={[
              {
                key: 'rule',
                header: 'Rule',
                phone: 'title',
                render: (rule) => (
                  <span className="mg-cell-two">
                    <span>{rule.rule}</span>
                    {rule.violations === 0 ? null : (
                      <span className="mg-muted mg-caption">{rule.remedy}</span>
                    )}
                  </span>
                ),
              },
              {
                key: 'state',
                header: 'State',
                phone: 'value',
                render: (rule) =>
                  rule.violations === 0 ? (
                    <StatusBadge status="ok" word="Holds" />
                  ) : (
                    <StatusBadge status="failing" word={`Broken ${rule.violations} times`} />
                  ),
              },
              {
                key: 'repair',
                header: '',
                align: 'end',
                render: (rule) => <RepairButton rule={rule} onRepair={() => setMending(rule)} />,
              },
            ]}
          />
          {mending === null ? null : <RepairDialog rule={mending} onClose={() => setMending(null)} />}
        </>
      )}
    </Block>
  );
}

function RepairButton({ rule, onRepair }: { rule: DoctorRule; onRepair: () => void }) {
  const refusal = staffRefusal(useSession(), 'super_admin');
  if (rule.violations === 0 || rule.repair === null) return null;
  return (
    <GuardedButton size="compact-sm" refusal={refusal} onClick={onRepair}>
      {rule.repair}
    </GuardedButton>
  );
}

function RepairDialog({ rule, onClose }: { rule: DoctorRule; onClose: () => void }) {
  const repair = useMutation(
    trpc.admin.doctor.repair.mutationOptions({ onSettled: () => queryClient.invalidateQueries() }),
  );
  const answer = repair.data;
  return (
    <ReasonDialog
      title={rule.repair ?? 'Repair'}
      opened
      onClose={onClose}
      confirmLabel={rule.repair ?? 'Repair'}
      isPending={repair.isPending}
      error={repair.error === null ? null : showError(repair.error)}
      onConfirm={(reason) => repair.mutate({ key: rule.key, reason })}
    >
      <p className="mg-muted">
        {rule.rule}: broken {rule.violations} times.
      </p>
      {answer === undefined ? null : (
        <p role="status">
          Tried {answer.tried}, of which {answer.failed} failed.
        </p>
      )}
    </ReasonDialog>
  );
}
