import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { CatalogEntry } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { DifferenceTable } from '../../components/DifferenceTable.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block, Content } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { MigrationBlock } from './MigrationBlock.tsx';
import { ShadowBlock } from './ShadowBlock.tsx';

const defaults = { family: '' };

/** What is sold, as published; plans are changed in code and never here. */
export function CatalogPage() {
  const { values, set } = useUrlState(defaults);
  const query = useQuery(trpc.admin.catalog.list.queryOptions());
  return (
    <>
      <PageHeader
        title="Catalogue"
        context="Admin"
        lead="Plans are written as code and published by a release. Who bought an older version keeps it."
      />
      <Content query={query} subject="the catalogue" shape="cards">
        {(entries) => {
          const entry = entries.find(({ family }) => family.family === values.family) ?? entries[0];
          if (entry === undefined) return <p className="mg-muted">No family is published.</p>;
          return (
            <>
              <Tabs
                label="Product family"
                value={entry.family.family}
                onChange={(family) => set({ family })}
                tabs={entries.map(({ family, subscriptions }) => ({
                  value: family.family,
                  label: family.name,
                  count: subscriptions,
                }))}
              />
              <Family entry={entry} query={query} />
            </>
          );
        }}
      </Content>
    </>
  );
}

interface FamilyProps {
  entry: CatalogEntry;
  query: Parameters<typeof Block<unknown>>[0]['query'];
}

function Family({ entry, query }: FamilyProps) {
  const { family, publishedAt, subscriptions } = entry;
  const plans = [...family.plans].sort((left, right) => left.rank - right.rank);
  const prices = plans.flatMap((plan) =>
    plan.prices.map((price) => ({ ...price, plan: plan.name, version: plan.version })),
  );
  return (
    <div className="mg-stack-lg">
      <section className="mg-block" aria-label={family.name}>
        <div className="mg-block-body mg-stack">
          <p>{family.description}</p>
          <Facts
            facts={[
              ['Key', <code key="key">{family.family}</code>],
              ['Published', <DateTime key="at" at={publishedAt} as="time" />],
              ['Running subscriptions', String(subscriptions)],
            ]}
          />
        </div>
      </section>
      <Block title="Prices" subject="prices" query={query} shape="table" flush>
        {() => (
          <DataTable
            caption={`Prices of ${family.name}`}
            rows={prices}
            rowKey={(row) => `${row.plan} ${row.key} ${row.interval} ${row.currency}`}
            columns={[
              {
                key: 'plan',
                header: 'Plan',
                phone: 'title',
                render: (row) => (
                  <span className="mg-strong">
                    {row.plan} <span className="mg-tag">version {row.version}</span>
                  </span>
                ),
              },
              { key: 'what', header: 'For', render: (row) => row.description },
              {
                key: 'price',
                header: 'Price',
                align: 'end',
                phone: 'value',
                render: (row) => (
                  <span className="mg-figure">
                    {row.unitPrice === null ? 'tiers' : unitPriceText(row.unitPrice, row.currency)}
                  </span>
                ),
              },
              {
                key: 'per',
                header: 'Per',
                render: (row) =>
                  row.kind === 'usage'
                    ? (row.unit ?? 'unit')
                    : [row.unit, row.interval].filter((part) => part !== null).join(' per '),
              },
              { key: 'currency', header: 'Currency', align: 'end', render: (row) => row.currency },
            ]}
          />
        )}
      </Block>
      {plans.map((plan) =>
        plan.intervals.length === 0 ? null : (
          <MigrationBlock key={plan.plan} family={family.family} plan={plan} />
        ),
      )}
      <ShadowBlock key={family.family} family={family.family} name={family.name} />
      <DifferenceTable title="What the plans contain" plans={plans} currentPlan={undefined} />
    </div>
  );
}
