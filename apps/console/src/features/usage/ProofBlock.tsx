import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { UsageProof } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { Refusals, toldWords, verdictWords } from '../../components/ProofFacts.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

/** For every closed period: the events, the stored totals, what Stripe knows and what was charged, side by side. */
export function ProofBlock() {
  const { slug: organization, timeZone } = useOrganization();
  const query = useQuery(trpc.invoices.usageProofs.queryOptions({ organization }));
  return (
    <Block title="Usage proof" subject="the proofs" query={query} shape="table" flush hideTitle>
      {(proofs) =>
        proofs.length === 0 ? (
          <EmptyState reason="never" title="No closed period yet">
            After each billing period four independent sums are compared here: your events, the stored totals,
            what Stripe was told, and what the invoice charges.
          </EmptyState>
        ) : (
          <DataTable
            caption="Closed periods and their four sums"
            rows={proofs}
            rowKey={(proof) => `${proof.subscriptionId} ${proof.meter} ${proof.period.start}`}
            columns={proofColumns(timeZone)}
          />
        )
      }
    </Block>
  );
}

function proofColumns(timeZone: string): Column<UsageProof>[] {
  const quantity = (
    key: string,
    header: string,
    pick: (proof: UsageProof) => string,
  ): Column<UsageProof> => ({
    key,
    header,
    align: 'end',
    render: (proof) => quantityText(pick(proof)),
  });
  return [
    {
      key: 'meter',
      header: 'Meter and period',
      phone: 'title',
      render: (proof) => (
        <span className="mg-cell-two">
          <span className="mg-strong">{proof.meter.replaceAll('_', ' ')}</span>
          <span className="mg-muted mg-caption">
            <PeriodLabel period={proof.period} timeZone={timeZone} />
          </span>
        </span>
      ),
    },
    quantity('events', 'Events', (proof) => proof.eventsQuantity),
    quantity('totals', 'Stored totals', (proof) => proof.bucketsQuantity),
    {
      key: 'told',
      header: 'Stripe',
      align: 'end',
      render: (proof) =>
        proof.toldSource === 'billing' ? (
          <span className="mg-muted" title="Rated here, so Stripe only gets the amount">
            not told
          </span>
        ) : (
          <span title={toldWords[proof.toldSource]}>{quantityText(proof.toldQuantity)}</span>
        ),
    },
    quantity('billed', 'Invoice', (proof) => proof.billedQuantity),
    {
      key: 'amount',
      header: 'Charged',
      align: 'end',
      phone: 'value',
      render: (proof) => <Amount minor={proof.invoicedMinor} currency={proof.currency} />,
    },
    {
      key: 'verdict',
      header: 'Result',
      phone: 'bare',
      render: (proof) => (
        <>
          <StatusBadge status={`proof_${proof.verdict}`} word={verdictWords[proof.verdict]} />
          <Refusals proof={proof} />
        </>
      ),
    },
  ];
}
