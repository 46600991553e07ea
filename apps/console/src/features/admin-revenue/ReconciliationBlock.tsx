import { paths } from '../../app/paths.ts';
import type { Revenue } from '../../app/views.ts';
import { Amount, differenceMinor } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { Facts } from '../../ui/Facts.tsx';

type Reconciliation = Revenue['currencies'][number]['reconciliation'];

/** The same revenue from the other side: what the last regular invoice of every subscription charged. */
export function ReconciliationBlock({ query, currency }: { query: BlockQuery<Revenue>; currency: string }) {
  return (
    <Block title="Against the invoices" subject="the comparison" query={query}>
      {({ currencies }) => {
        const found = currencies.find((one) => one.currency === currency)?.reconciliation;
        return found === undefined ? null : <Comparison of={found} currency={currency} />;
      }}
    </Block>
  );
}

function Comparison({ of, currency }: { of: Reconciliation; currency: string }) {
  const amount = (minor: string) => <Amount minor={minor} currency={currency} />;
  return (
    <div className="mg-stack">
      <Facts
        facts={[
          ['Recurring revenue of running subscriptions', amount(of.mrrMinor)],
          ['Their last regular invoices, per month', amount(of.invoicedMinor)],
          ['Difference', <strong key="d">{amount(differenceMinor(of.mrrMinor, of.invoicedMinor))}</strong>],
        ]}
      />
      {of.differenceCount === 0 ? (
        <div>
          <StatusBadge status="ok" word="Every subscription agrees" />
        </div>
      ) : (
        <Differences of={of} currency={currency} />
      )}
    </div>
  );
}

function Differences({ of, currency }: { of: Reconciliation; currency: string }) {
  const rest = of.differenceCount - of.differences.length;
  return (
    <>
      <p className="mg-muted">
        These changed their plan or quantity since that invoice, pay a reduced price, or need a look.
      </p>
      <div className="mg-bleed">
        <DataTable
          caption="Subscriptions whose invoice says something else"
          rows={of.differences}
          rowKey={(row) => `${row.organization.slug} ${row.plan} ${row.invoiceNumber ?? ''}`}
          columns={[
            {
              key: 'organization',
              header: 'Organization',
              phone: 'title',
              render: (row) => (
                <AppLink to={paths.adminOrganization(row.organization.slug, { tab: 'invoices' })}>
                  {row.organization.name}
                </AppLink>
              ),
            },
            { key: 'plan', header: 'Plan', render: (row) => row.plan },
            {
              key: 'invoiced',
              header: 'Invoiced',
              align: 'end',
              render: (row) => <Amount minor={row.invoicedMinor} currency={currency} />,
            },
            {
              key: 'mrr',
              header: 'Now',
              align: 'end',
              phone: 'value',
              render: (row) => <Amount minor={row.mrrMinor} currency={currency} />,
            },
          ]}
        />
        {rest > 0 ? <p className="mg-pad-inline mg-muted">and {rest} more</p> : null}
      </div>
    </>
  );
}
