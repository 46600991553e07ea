import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Limit } from '../../app/views.ts';
import { quantityText } from '../../components/quantity-text.ts';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';

/** What the product reports as a level, and the number of clients, at the end of each of the last thirty days. Absent while nothing is taken. */
export function LevelsBlock({ query }: { query: BlockQuery<Limit[]> }) {
  const reported = (limits: readonly Limit[]) =>
    limits.filter(({ kind, used }) => kind === 'allocated' && used !== '0');
  if (query.data !== undefined && reported(query.data).length === 0) return null;
  return (
    <Block title="Levels in the last 30 days" subject="levels" query={query} shape="table" flush>
      {(limits) => (
        <DataTable
          caption="Levels at the end of each day"
          rows={reported(limits)}
          rowKey={({ family, feature }) => `${family}/${feature}`}
          columns={[
            { key: 'name', header: 'Level', phone: 'title', render: ({ name }) => name },
            {
              key: 'days',
              header: 'Day by day',
              render: ({ feature }) => <Days feature={feature} />,
            },
            {
              key: 'now',
              header: 'Now',
              align: 'end',
              phone: 'value',
              render: ({ used }) => quantityText(used),
            },
          ]}
        />
      )}
    </Block>
  );
}

function Days({ feature }: { feature: string }) {
  const { slug: organization } = useOrganization();
  const query = useQuery(trpc.limits.levelDays.queryOptions({ organization, feature }));
  if (query.data === undefined) return <span className="mg-muted">{query.isError ? '—' : ' '}</span>;
  return (
    <Sparkline bars={query.data.days.map(({ start, level }) => ({ key: start, value: Number(level) }))} />
  );
}
