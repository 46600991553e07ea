export interface Measured {
  /** Units done. */
  units: number;
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

/** Keeps `concurrency` calls in flight for `seconds` and counts what they did. */
export async function measure(
  load: { seconds: number; concurrency: number; unitsPerCall?: number },
  call: (n: number) => Promise<void>,
): Promise<Measured> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + load.seconds * 1000;
  let next = 0;
  const worker = async () => {
    while (performance.now() < endsAt) {
      const n = next++;
      const callStartedAt = performance.now();
      await call(n);
      latencies.push(performance.now() - callStartedAt);
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, worker));
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  const units = latencies.length * (load.unitsPerCall ?? 1);
  return {
    units,
    perSecond: units / elapsedSeconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
  };
}

/** One line per measurement; ratios compare within this run, because machines and their load differ. */
export function report(name: string, measured: Measured, base?: Measured): void {
  const ratio =
    base === undefined ? '' : `  ${(measured.perSecond / base.perSecond).toPrecision(2)} of the base`;
  console.log(
    `${name.padEnd(58)} ${Math.round(measured.perSecond).toLocaleString('en-US').padStart(9)}/s` +
      `  p50 ${measured.p50Ms.toPrecision(3)} ms  p95 ${measured.p95Ms.toPrecision(3)} ms  p99 ${measured.p99Ms.toPrecision(3)} ms${ratio}`,
  );
}
