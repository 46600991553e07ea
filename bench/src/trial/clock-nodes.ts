import { type Caller, createCaller } from './caller.ts';
import type { StripeStory } from './stripe-story.ts';
import type { Trial } from './trial.ts';
import type { TrialApi } from './trial-api.ts';

export interface ClockNode {
  name: string;
  api: TrialApi;
  caller: Caller;
  /** Makes this process's clock wrong by so much more. */
  step(seconds: number): Promise<void>;
  /** How often it has told somebody that its clock is wrong. */
  alarms(): Promise<number>;
  /** Seconds by which it says to be ahead of the database. */
  skew(): Promise<number>;
}

/** Two processes on one database, whose clocks can be made to differ. */
export async function startClockNodes(trial: Trial, story: StripeStory): Promise<[ClockNode, ClockNode]> {
  const settings = { ...story.settings, LOG_LEVEL: 'error' };
  return [
    await startNode(trial, { name: 'first', settings }),
    await startNode(trial, { name: 'second', settings }),
  ];
}

async function startNode(
  trial: Trial,
  { name, settings }: { name: string; settings: Record<string, string> },
): Promise<ClockNode> {
  const api = await trial.startApi(settings);
  const caller = createCaller({ url: api.url, key: trial.key });
  const metric = async (line: RegExp) =>
    Number(line.exec(await (await fetch(`${api.url}/metrics`)).text())?.[1] ?? 0);
  return {
    name,
    api,
    caller,
    async step(seconds) {
      const { status } = await caller.post('/test/clock/step', { stepSeconds: seconds });
      if (status !== 200) throw new Error(`the clock did not step: ${status}`);
    },
    alarms: () => metric(/^alerts_total\{alert="clock_skew"\} (\d+)$/m),
    skew: () => metric(/^clock_skew_seconds (\S+)$/m),
  };
}

/** Everything that is due, in all of them at once. */
export async function drainAll(nodes: readonly ClockNode[]): Promise<void> {
  await Promise.all(nodes.map(({ caller }) => caller.post('/test/drain', {}, { timeoutMs: 120_000 })));
}

/** The time on which all agree goes on: Stripe's and each process's; wrong clocks stay wrong. */
export async function moveAll(nodes: readonly ClockNode[], at: number): Promise<void> {
  const now = new Date(at).toISOString();
  for (const { caller } of nodes) await caller.post('/test/clock', { now }, { timeoutMs: 120_000 });
}
