import { useEffect, useState } from 'react';
import { now, parseInstant } from '../../app/now.ts';

function secondsLeft(until: string): number {
  return Math.max(0, Math.floor((parseInstant(until).getTime() - now().getTime()) / 1000));
}

/** "9:41" until the instant; null once it has passed. */
export function useCountdown(until: string): string | null {
  const [left, setLeft] = useState(() => secondsLeft(until));
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsLeft(until)), 1000);
    return () => clearInterval(timer);
  }, [until]);
  if (left === 0) return null;
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}
