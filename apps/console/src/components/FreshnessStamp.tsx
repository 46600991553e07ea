import { useEffect, useState } from 'react';
import { secondsSince } from '../app/now.ts';
import { timeText, zoneText } from './date-text.ts';

const delayedAfterSeconds = 120;

/** "Usage to 14:32 (Berlin) · 40 s ago · Live". Says so when the figures are older than they should be. */
export function FreshnessStamp({ asOf, timeZone }: { asOf: string; timeZone: string }) {
  const [age, setAge] = useState(() => secondsSince(asOf));
  useEffect(() => {
    setAge(secondsSince(asOf));
    const timer = setInterval(() => setAge(secondsSince(asOf)), 10_000);
    return () => clearInterval(timer);
  }, [asOf]);
  const isDelayed = age > delayedAfterSeconds;
  return (
    <p className="mg-freshness mg-figure" data-delayed={isDelayed}>
      <span className="mg-live-dot" aria-hidden />
      Usage to {timeText(asOf, timeZone)} ({zoneText(timeZone)})
      {isDelayed
        ? ` · Delayed ${Math.round(age / 60)} min – limits are still enforced`
        : ` · ${Math.max(0, age)} s ago · Live`}
    </p>
  );
}
