export interface BridgeBar {
  /** Percent of the widest total. */
  from: number;
  width: number;
  kind: 'total' | 'more' | 'less';
}

const wholePercent = 100;

interface Step {
  key: string;
  label: string;
  differenceMinor: string;
  bar: BridgeBar;
}

interface BridgeFigures {
  previous: { totalMinor: string };
  groups: readonly { key: string; label: string; differenceMinor: string }[];
}

/** A waterfall: each step begins where the one before ended. What did not change is left out. */
export function bridgeBars(
  bridge: BridgeFigures,
  currentMinor: string,
): { previous: BridgeBar; steps: Step[]; current: BridgeBar } {
  const changed = bridge.groups.filter(({ differenceMinor }) => differenceMinor !== '0');
  let at = Number(bridge.previous.totalMinor);
  const levels = [0, at, Number(currentMinor)];
  const spans = changed.map(({ differenceMinor }) => {
    const start = at;
    at += Number(differenceMinor);
    levels.push(at);
    return { start, end: at };
  });
  const low = Math.min(...levels);
  const size = Math.max(...levels) - low || 1;
  const bar = (start: number, end: number, kind: BridgeBar['kind']): BridgeBar => ({
    from: ((Math.min(start, end) - low) / size) * wholePercent,
    width: (Math.abs(end - start) / size) * wholePercent,
    kind,
  });
  return {
    previous: bar(0, Number(bridge.previous.totalMinor), 'total'),
    steps: changed.map((group, index) => {
      const { start, end } = spans[index] ?? { start: 0, end: 0 };
      return { ...group, bar: bar(start, end, end < start ? 'less' : 'more') };
    }),
    current: bar(0, Number(currentMinor), 'total'),
  };
}
