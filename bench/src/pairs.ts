import process from 'node:process';
import { type Measured, report } from './load.ts';

/** Processor time by process, since it started. */
export type CpuMs = () => Readonly<Record<string, number>>;

export interface Side {
  run: () => Promise<Measured>;
  cpuMs: CpuMs;
}

/** Microseconds of processor time per unit, by process: unlike a rate it does not depend on the machine's load. */
type CpuUsPerUnit = Readonly<Record<string, number>>;

export interface PairedResult {
  floor: Measured & { cpuUsPerUnit: CpuUsPerUnit };
  subject: Measured & { cpuUsPerUnit: CpuUsPerUnit };
  /** Median over the pairs of subject / floor: what others do on the machine hits both sides of a pair. */
  ratio: number;
  ratios: number[];
}

/** Alternates floor and subject, so that the load of the machine moves both, and reports the median pair. */
export async function measurePairs(options: {
  name: string;
  pairs: number;
  floor: Side;
  subject: Side;
}): Promise<PairedResult> {
  const found: Omit<PairedResult, 'ratios'>[] = [];
  for (let n = 0; n < options.pairs; n += 1) {
    const floor = await runSide(options.floor);
    const subject = await runSide(options.subject);
    found.push({ floor, subject, ratio: subject.perSecond / floor.perSecond });
  }
  found.sort((a, b) => a.ratio - b.ratio);
  const middle = found[Math.floor(found.length / 2)];
  if (middle === undefined) throw new Error('at least one pair');
  report(`${options.name}: floor`, middle.floor);
  report(options.name, middle.subject, middle.floor);
  console.log(`  µs of processor per unit: ${cpuText(middle.floor)} (floor), ${cpuText(middle.subject)}`);
  return { ...middle, ratios: found.map(({ ratio }) => ratio) };
}

async function runSide({ run, cpuMs }: Side): Promise<Measured & { cpuUsPerUnit: CpuUsPerUnit }> {
  const all = () => ({ ...cpuMs(), sender: ownCpuMs() });
  const before: Readonly<Record<string, number>> = all();
  const measured = await run();
  const entries = Object.entries(all()).map(([name, ms]) => {
    return [name, ((ms - (before[name] ?? 0)) * 1000) / measured.units] as const;
  });
  return { ...measured, cpuUsPerUnit: Object.fromEntries(entries) };
}

/** What sends shares the machine with what is measured. */
function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function cpuText({ cpuUsPerUnit }: { cpuUsPerUnit: CpuUsPerUnit }): string {
  return Object.entries(cpuUsPerUnit)
    .map(([name, us]) => `${name} ${us.toPrecision(3)}`)
    .join(' + ');
}
