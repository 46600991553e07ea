import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../app/trpc.ts';
import type { AdminCase } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Content } from '../../ui/Block.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { DecisionForm } from './DecisionForm.tsx';

/** The question, the line it is about, and the decision. */
export function CaseDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(trpc.admin.cases.get.queryOptions({ id }));
  return (
    <Dialog title="Questioned line" opened onClose={onClose} size="lg">
      <Content query={query} subject="the case" shape="lines">
        {(row) => (
          <div className="mg-stack">
            <Question row={row} />
            {row.status === 'open' ? <DecisionForm row={row} onClose={onClose} /> : <Answer row={row} />}
          </div>
        )}
      </Content>
    </Dialog>
  );
}

function Question({ row }: { row: AdminCase }) {
  return (
    <>
      <blockquote className="mg-quote">
        <p>{row.reason}</p>
        <footer className="mg-muted mg-caption">
          {row.openedBy}, {row.organization.name}, <DateTime at={row.openedAt} as="time" />
        </footer>
      </blockquote>
      <Facts
        facts={[
          ['Line', row.lineDescription],
          ['Invoice', row.invoiceNumber ?? 'Draft'],
          ['Charged', <Amount key="a" minor={row.lineAmountMinor} currency={row.currency} />],
        ]}
      />
    </>
  );
}

function Answer({ row }: { row: AdminCase }) {
  return (
    <Facts
      facts={[
        ['Decision', <StatusBadge key="s" status={`case_${row.status}`} />],
        ...(row.creditedMinor === null
          ? []
          : [['Credited', <Amount key="c" minor={row.creditedMinor} currency={row.currency} />] as const]),
        ['Answer', row.resolution],
        ['By', row.resolvedBy],
        ['At', <DateTime key="t" at={row.resolvedAt} as="time" />],
      ]}
    />
  );
}
