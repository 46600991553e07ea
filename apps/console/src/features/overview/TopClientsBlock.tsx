import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { useClientNames } from '../../components/client-names.ts';
import { Quantity } from '../../components/Quantity.tsx';
import { nounText } from '../../components/quantity-text.ts';
import { totalsByGroup } from '../../components/series-groups.ts';
import { Block } from '../../ui/Block.tsx';

const shownMax = 3;

/** Who uses most of the first meter; hidden while there is nothing to compare. */
export function TopClientsBlock({ meter }: { meter: string | undefined }) {
  const { slug: organization } = useOrganization();
  const query = useQuery(
    trpc.usage.series.queryOptions(
      { organization, meter: meter ?? '', granularity: 'period', groupBy: 'client', compare: false },
      { enabled: meter !== undefined },
    ),
  );
  const nameOf = useClientNames();
  const isCompared =
    query.data === undefined || totalsByGroup(query.data).some(({ group }) => group !== 'none');
  if (meter === undefined || !isCompared) return null;
  return (
    <Block
      title="Top clients"
      subject="clients"
      query={query}
      shape="lines"
      actions={<AppLink to={paths.usage(organization, { meter })}>Usage</AppLink>}
    >
      {(series) => (
        <>
          <p className="mg-muted mg-caption">By {nounText(series.name)}, this billing period</p>
          <ul className="mg-short-list">
            {totalsByGroup(series)
              .slice(0, shownMax)
              .map(({ group, total }) => (
                <li key={group}>
                  <span className="mg-ellipsis">{nameOf(group)}</span>
                  <Quantity value={total} />
                </li>
              ))}
          </ul>
        </>
      )}
    </Block>
  );
}
