import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { Limit } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { fullestFirst } from '../../components/limit-share.ts';
import { measuredText, percentText } from '../../components/quantity-text.ts';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LimitBar } from '../../ui/LimitBar.tsx';

const shownMax = 5;

export function WorstLimitsBlock({ query }: { query: BlockQuery<Limit[]> }) {
  const { slug } = useOrganization();
  const needAttention = fullestFirst(query.data ?? []).filter(({ percent }) => Number(percent) >= 80).length;
  const title =
    needAttention === 0
      ? 'Limits'
      : `Limits (${needAttention} ${needAttention === 1 ? 'needs' : 'need'} attention)`;
  return (
    <Block
      title={title}
      subject="limits"
      query={query}
      shape="bars"
      actions={<AppLink to={paths.limits(slug)}>All limits</AppLink>}
    >
      {(limits) => {
        const worst = fullestFirst(limits);
        if (worst.length === 0) {
          return (
            <EmptyState reason="never" title="No limits yet">
              They come with a plan.
            </EmptyState>
          );
        }
        const rest = worst.length - Math.min(shownMax, worst.length);
        return (
          <div className="mg-stack">
            <ul className="mg-limit-rows">
              {worst.slice(0, shownMax).map((limit) => (
                <li key={`${limit.family}/${limit.feature}`} className="mg-limit-row">
                  <AppLink
                    to={limit.kind === 'metered' ? paths.meter(slug, limit.feature) : paths.limits(slug)}
                  >
                    <span className="mg-limit-name">{limit.name}</span>
                    <Percent percent={limit.percent} />
                    <LimitBar
                      percent={limit.percent}
                      label={`${limit.name}, ${measuredText(limit.used, limit.unit)} of ${measuredText(limit.limit, limit.unit)}`}
                    />
                  </AppLink>
                </li>
              ))}
            </ul>
            {rest > 0 ? <p className="mg-muted mg-caption">+ {rest} more</p> : null}
          </div>
        );
      }}
    </Block>
  );
}

function Percent({ percent }: { percent: string | null }) {
  const value = Number(percent ?? 0);
  const text = percentText(percent);
  if (value >= 100) {
    return (
      <span className="mg-row mg-figure mg-tone-danger mg-strong">
        <IconCircleX size={16} aria-label="used up" /> {text}
      </span>
    );
  }
  if (value >= 80) {
    return (
      <span className="mg-row mg-figure mg-tone-warn mg-strong">
        <IconAlertTriangle size={16} aria-label="nearly used up" /> {text}
      </span>
    );
  }
  return <span className="mg-figure mg-muted">{text}</span>;
}
