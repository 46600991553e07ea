import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { Limit } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { dateText, dateTimeText, resetText } from '../../components/date-text.ts';

/** Where a limit is heading, and the plan that would hold it; nothing while there is room. */
export function LimitOutlook({ limit }: { limit: Limit }) {
  const { slug, timeZone } = useOrganization();
  const { limitReachedAt, upgradeTo, percent, family, lastAlert } = limit;
  const isAhead = limitReachedAt !== null && Number(percent ?? 0) < 100;
  if (!isAhead && upgradeTo === null && lastAlert === null) return null;
  return (
    <span className="mg-muted mg-caption">
      {lastAlert === null ? '' : `${toldText(lastAlert, timeZone)} `}
      {isAhead ? `On course to be reached on ${resetText(limitReachedAt, timeZone)}. ` : ''}
      {upgradeTo === null ? null : (
        <AppLink to={paths.plans(slug, { family })}>{upgradeTo.name} includes more</AppLink>
      )}
    </span>
  );
}

function toldText(
  { threshold, firedAt, endedWindowStart }: NonNullable<Limit['lastAlert']>,
  timeZone: string,
): string {
  const told = `Told at ${threshold} % on ${dateText(firedAt, timeZone)}`;
  return endedWindowStart === null
    ? `${told}.`
    : `${told}, about the window that began ${dateTimeText(endedWindowStart, timeZone)}.`;
}
