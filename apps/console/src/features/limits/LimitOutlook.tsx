import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { Limit } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { dateText, resetText } from '../../components/date-text.ts';

/** Where a limit is heading, and the plan that would hold it; nothing while there is room. */
export function LimitOutlook({ limit }: { limit: Limit }) {
  const { slug, timeZone } = useOrganization();
  const { limitReachedAt, upgradeTo, percent, family, lastAlert } = limit;
  const isAhead = limitReachedAt !== null && Number(percent ?? 0) < 100;
  if (!isAhead && upgradeTo === null && lastAlert === null) return null;
  return (
    <span className="mg-muted mg-caption">
      {lastAlert === null
        ? ''
        : `Told at ${lastAlert.threshold} % on ${dateText(lastAlert.firedAt, timeZone)}. `}
      {isAhead ? `On course to be reached on ${resetText(limitReachedAt, timeZone)}. ` : ''}
      {upgradeTo === null ? null : (
        <AppLink to={paths.plans(slug, { family })}>{upgradeTo.name} includes more</AppLink>
      )}
    </span>
  );
}
