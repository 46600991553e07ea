import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { staffRefusal, useSession } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { Revenue } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block, type BlockQuery, Content } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { FirstsBlock } from './FirstsBlock.tsx';
import { MovementsBlock } from './MovementsBlock.tsx';
import { PlansBlock } from './PlansBlock.tsx';
import { RangeChoice } from './RangeChoice.tsx';
import { ReconciliationBlock } from './ReconciliationBlock.tsx';
import { RevenueTiles } from './RevenueTiles.tsx';
import './revenue.css';

const defaults = { range: '12', cur: '' };
const monthsOf = { '12': 12, '6': 6, '3': 3 } as const;

/** What comes in every month, why it changed, and whether the invoices say the same. One currency at a time. */
export function RevenuePage() {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  const { values, set } = useUrlState(defaults);
  const range = oneOf(values.range, ['12', '6', '3']);
  const query = useQuery(
    trpc.admin.revenue.overview.queryOptions({ months: monthsOf[range] }, { enabled: refusal === null }),
  );
  const currencies = query.data?.currencies ?? [];
  const shown = currencies.find(({ currency }) => currency === values.cur) ?? currencies[0];
  return (
    <>
      <PageHeader
        title="Revenue"
        context="Admin"
        lead={
          query.data === undefined ? (
            ' '
          ) : (
            <>
              As of <DateTime at={query.data.asOf} as="time" />. Months in UTC; currencies are never added up.
            </>
          )
        }
        actions={<CopyLink />}
      />
      {refusal === null ? (
        <>
          {currencies.length < 2 ? null : (
            <Tabs
              label="Currency"
              value={shown?.currency ?? ''}
              onChange={(cur) => set({ cur })}
              tabs={currencies.map(({ currency }) => ({ value: currency, label: currency }))}
            />
          )}
          <Figures
            query={query}
            currency={shown?.currency}
            range={<RangeChoice value={range} onChange={(next) => set({ range: next })} />}
          />
        </>
      ) : (
        <div className="mg-block">
          <EmptyState reason="not_in_plan" title="For billing operations">
            {refusal}
          </EmptyState>
        </div>
      )}
    </>
  );
}

interface FiguresProps {
  query: BlockQuery<Revenue>;
  currency: string | undefined;
  range: ReactNode;
}

function Figures({ query, currency, range }: FiguresProps) {
  return (
    <div className="mg-stack-lg">
      <Content query={query} subject="revenue" shape="cards">
        {({ currencies }) => {
          const figures = currencies.find((one) => one.currency === currency);
          return figures === undefined ? <NoRevenue /> : <RevenueTiles figures={figures} />;
        }}
      </Content>
      {currency === undefined ? null : (
        <>
          <MovementsBlock query={query} currency={currency} range={range} />
          <div className="mg-grid" data-align="start">
            <div data-span="7" className="mg-stack-lg">
              <PlansBlock query={query} currency={currency} />
              <ReconciliationBlock query={query} currency={currency} />
            </div>
            <div data-span="5">
              <FirstsBlock query={query} />
            </div>
          </div>
        </>
      )}
    </div>
  );
}

function NoRevenue() {
  return (
    <Block
      title="Revenue"
      subject="revenue"
      query={{ data: null, error: null, isPending: false, dataUpdatedAt: 0, refetch: () => undefined }}
      hideTitle
    >
      {() => (
        <EmptyState reason="never" title="Nothing recurs yet">
          The first paid plan appears here as soon as Stripe has told us about it.
        </EmptyState>
      )}
    </Block>
  );
}
