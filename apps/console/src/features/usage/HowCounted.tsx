import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { Limit } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { resetText } from '../../components/date-text.ts';
import { isInPlan } from '../../components/limit-share.ts';
import { measuredText, percentText } from '../../components/quantity-text.ts';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { LimitBar } from '../../ui/LimitBar.tsx';

/** The price ladder of one meter with "you are here". */
export function HowCounted({ limit, query }: { limit: Limit | undefined; query: BlockQuery<Limit[]> }) {
  const { slug } = useOrganization();
  return (
    <Block
      title="Limit and price"
      subject="the limit"
      query={query}
      actions={<AppLink to={paths.limits(slug)}>Limits</AppLink>}
    >
      {() =>
        limit === undefined ? (
          <p className="mg-muted">Counted, without a ceiling and without a price in your plan.</p>
        ) : (
          <Ladder limit={limit} />
        )
      }
    </Block>
  );
}

function Ladder({ limit }: { limit: Limit }) {
  const { timeZone, seesMoney } = useOrganization();
  const { overagePrice } = limit;
  const beyond =
    overagePrice === null || !seesMoney
      ? []
      : [['Each one beyond', unitPriceText(overagePrice, limit.currency)] as const];
  return (
    <div className="mg-stack">
      <LimitBar percent={isInPlan(limit) ? limit.percent : null} label={limit.name} />
      <Facts
        facts={[
          ['You are here', hereText(limit)],
          ['Included', includedText(limit)],
          ...beyond,
          ['Starts again', resetText(limit.resetsAt, timeZone)],
        ]}
      />
      <p className="mg-muted mg-measure">{limit.consequence}</p>
    </div>
  );
}

function hereText(limit: Limit): string {
  const used = measuredText(limit.used, limit.unit);
  return limit.percent === null || !isInPlan(limit) ? used : `${used} (${percentText(limit.percent)})`;
}

function includedText(limit: Limit): string {
  if (limit.limit === null) return 'without ceiling';
  return isInPlan(limit) ? measuredText(limit.limit, limit.unit) : 'not in your plan';
}
