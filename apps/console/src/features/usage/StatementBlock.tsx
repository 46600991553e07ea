import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { UsageStatement } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';

/** Our own numbered documents: what each billing run worked out for usage. Absent until there is one. */
export function StatementBlock() {
  const { slug: organization, timeZone } = useOrganization();
  const query = useQuery(trpc.invoices.usageStatements.queryOptions({ organization }));
  if (query.data?.length === 0) return null;
  return (
    <Block title="Usage statements" subject="the statements" query={query} shape="table" flush>
      {(statements) => (
        <DataTable
          caption="Numbered statements of what was worked out for usage"
          rows={statements}
          rowKey={({ number }) => number}
          columns={statementColumns(organization, timeZone)}
        />
      )}
    </Block>
  );
}

function statementColumns(organization: string, timeZone: string): Column<UsageStatement>[] {
  return [
    {
      key: 'number',
      header: 'Number',
      phone: 'title',
      render: ({ number }) => <a href={paths.statementPdf(organization, number)}>{number}</a>,
    },
    {
      key: 'issued',
      header: 'Issued',
      render: ({ issuedAt }) => <DateTime at={issuedAt} timeZone={timeZone} />,
    },
    {
      key: 'lines',
      header: 'Lines',
      align: 'end',
      render: ({ lines }) => String(lines.length),
    },
    {
      key: 'total',
      header: 'Total',
      align: 'end',
      phone: 'value',
      render: ({ totalMinor, currency }) => <Amount minor={totalMinor} currency={currency} />,
    },
  ];
}
