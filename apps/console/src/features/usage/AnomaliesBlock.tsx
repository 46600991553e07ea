import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { UsageAnomaly } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { dateTimeText } from '../../components/date-text.ts';
import { quantityText } from '../../components/quantity-text.ts';
import { Block } from '../../ui/Block.tsx';

const shownMax = 5;
const hourMs = 3_600_000;

/** What was unusual lately; absent while there is nothing, because it is an aside and no empty promise. */
export function AnomaliesBlock({ nameOf }: { nameOf: (meter: string) => string }) {
  const { slug: organization, timeZone } = useOrganization();
  const query = useQuery(trpc.usage.anomalies.queryOptions({ organization }));
  if (query.data === undefined || query.data.length === 0) return null;
  return (
    <Block title="Unusual usage" subject="unusual usage" query={query}>
      {(anomalies) => (
        <>
          <p className="mg-muted mg-caption">
            Compared with the same hours of the week in the last 4 to 8 weeks. Nothing is stopped because of
            it.
          </p>
          <ul className="mg-anomalies">
            {anomalies.slice(0, shownMax).map((anomaly) => (
              <li key={`${anomaly.meter} ${anomaly.kind} ${anomaly.windowEnd}`}>
                <span>
                  <AppLink to={paths.meter(organization, anomaly.meter)}>{nameOf(anomaly.meter)}</AppLink>:{' '}
                  {wordsOf(anomaly)}
                </span>
                <span className="mg-muted mg-figure">until {dateTimeText(anomaly.windowEnd, timeZone)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Block>
  );
}

function wordsOf({ kind, actual, expected, windowStart, windowEnd }: UsageAnomaly): string {
  const hours = (Date.parse(windowEnd) - Date.parse(windowStart)) / hourMs;
  const figures = `${quantityText(actual)} in ${hours} hours instead of about ${quantityText(expected)}`;
  return kind === 'spike' ? `much more than usual, ${figures}` : `almost nothing, ${figures}`;
}
