import { paths } from '../../app/paths.ts';
import type { Revenue } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { fullDateText } from '../../components/date-text.ts';
import { percentText, shareOf } from '../../components/quantity-text.ts';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';

/** How buying goes, since when it has been paid for, and how often a line is questioned. */
export function FirstsBlock({ query }: { query: BlockQuery<Revenue> }) {
  return (
    <Block title="Buying and questions" subject="the counts" query={query}>
      {({ checkouts, firstPaid, disputes }) => {
        const conversion = shareOf(String(checkouts.completed), String(checkouts.begun));
        const thisWeek = disputes.at(-1)?.count ?? 0;
        return (
          <div className="mg-stack">
            <Facts
              facts={[
                [
                  'Checkouts completed, 90 days',
                  `${checkouts.completed} of ${checkouts.begun}${conversion === null ? '' : ` (${percentText(conversion)})`}`,
                ],
                [
                  'First paid customer',
                  firstPaid === null ? (
                    'none yet'
                  ) : (
                    <>
                      {fullDateText(firstPaid.at)},{' '}
                      <AppLink to={paths.adminOrganization(firstPaid.slug)}>{firstPaid.organization}</AppLink>
                    </>
                  ),
                ],
                [
                  'Lines questioned this week',
                  <AppLink key="d" to={paths.adminCases()}>
                    {thisWeek}
                  </AppLink>,
                ],
              ]}
            />
            <figure className="mg-stack-xs">
              <Sparkline bars={disputes.map(({ weekStart, count }) => ({ key: weekStart, value: count }))} />
              <figcaption className="mg-muted mg-caption">Questioned lines per week, twelve weeks</figcaption>
            </figure>
          </div>
        );
      }}
    </Block>
  );
}
