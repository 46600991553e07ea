import type { Container } from '../../container.ts';
import { agencies } from './cast-agencies.ts';
import { agentOrganizations } from './cast-agents.ts';
import { ordinaryOrganizations } from './cast-ordinary.ts';
import { voiceOrganizations } from './cast-voice.ts';
import { makeFlags } from './demo-flags.ts';
import { joinOrganization, type Person, signUpPerson, signUpStaff } from './demo-people.ts';
import { demoSize } from './demo-size.ts';
import type { DemoWorld } from './demo-world.ts';
import type { EmulatorControl } from './emulator-control.ts';
import { joinDemo, makeHappen } from './make-happen.ts';
import { recordDemoUsage } from './record-demo-usage.ts';
import { type DemoOrganization, type Happening, instantOf } from './story.ts';
import { usageOfSpan } from './usage-of-span.ts';

const dayMs = 86_400_000;

export interface DemoReport {
  organizations: number;
  usageEvents: number;
}

/**
 * Lives through the months before today: business time here and at the emulated Stripe go from event to event
 * together, everything that falls due in between happens, and webhooks arrive over HTTP like any other day.
 */
export async function runDemo(
  container: Container,
  emulator: EmulatorControl,
  tell: (line: string) => void,
): Promise<DemoReport> {
  const today = container.clock.now();
  const timeline = timelineOf(today);
  const [first] = timeline;
  if (first === undefined) throw new Error('the demo has no organizations');
  await jumpTo({ container, emulator }, first.at);
  const world = await openWorld(container, emulator, today);
  let usageEvents = 0;
  let toldPercent = 0;
  for (const [index, moment] of timeline.entries()) {
    usageEvents += await liveUntil(world, moment.at);
    if (moment.kind !== 'day') await play(world, moment);
    const percent = Math.floor((index / timeline.length) * 10) * 10;
    if (percent > toldPercent) {
      tell(`  ${percent} %: ${moment.at.toISOString().slice(0, 10)}, ${usageEvents} usage events`);
      toldPercent = percent;
    }
  }
  await makeFlags(world);
  usageEvents += await liveUntil(world, today);
  return { organizations: world.organizations.size, usageEvents };
}

type Moment = { at: Date } & (
  | { kind: 'day' }
  | { kind: 'join'; plot: DemoOrganization }
  | { kind: 'happening'; plot: DemoOrganization; happening: Happening }
);

function timelineOf(today: Date): Moment[] {
  const { months, ordinaryOrganizations: count, randomSeed } = demoSize;
  const ordinary = ordinaryOrganizations(count, months, randomSeed);
  const cast = [...agencies, ...voiceOrganizations, ...agentOrganizations, ...ordinary];
  const moments: Moment[] = cast.flatMap((plot) => [
    { kind: 'join' as const, plot, at: instantOf(plot.joined, today) },
    ...plot.story.map(([ago, happening]) => ({
      kind: 'happening' as const,
      plot,
      happening,
      at: instantOf(ago, today),
    })),
  ]);
  const start = Math.min(...moments.map(({ at }) => at.getTime()));
  for (let days = 0; today.getTime() - days * dayMs > start; days += 1) {
    moments.push({ kind: 'day', at: new Date(today.getTime() - days * dayMs) });
  }
  // Stable: what one story tells for the same instant happens in the order it is told.
  return moments.sort((left, right) => left.at.getTime() - right.at.getTime());
}

type LivingWorld = DemoWorld & { member: Person };

async function openWorld(container: Container, emulator: EmulatorControl, today: Date): Promise<LivingWorld> {
  const owner = await signUpPerson(container, 'Olivia Owner', 'owner@demo.test');
  const partner = await signUpPerson(container, 'Pat Partner', 'partner@demo.test');
  const member = await signUpPerson(container, 'Max Member', 'member@demo.test');
  const staff = await signUpStaff(container, 'Ada Admin', 'admin@demo.test');
  const owners = new Map([
    ['owner@demo.test' as const, owner],
    ['partner@demo.test' as const, partner],
  ]);
  return { container, emulator, today, owners, staff, member, organizations: new Map() };
}

async function play(world: LivingWorld, moment: Exclude<Moment, { kind: 'day' }>): Promise<void> {
  const { plot } = moment;
  if (moment.kind === 'join') {
    await joinDemo(world, plot);
    const joined = world.organizations.get(plot.key);
    if (plot.key === 'bright-harbor' && joined !== undefined) {
      await joinOrganization(world.container, joined.owner, world.member);
    }
    return;
  }
  const tenant = world.organizations.get(plot.key);
  if (tenant === undefined) throw new Error(`${plot.key} does something before it joins`);
  await makeHappen(world, tenant, moment.happening);
}

/**
 * Stripe first, with everything that falls due there; then our own clock; then the usage of the time between; then
 * our jobs, until nothing is left. Usage comes before the jobs, so that a period is complete when it is billed.
 */
async function liveUntil(world: LivingWorld, instant: Date): Promise<number> {
  const { container, emulator } = world;
  const start = container.clock.now();
  await jumpTo(world, instant);
  await emulator.untilDelivered();
  const recorded = await reportUsage(world, { start, end: instant });
  await container.drainUntilIdle();
  return recorded;
}

async function jumpTo(
  { container, emulator }: Pick<DemoWorld, 'container' | 'emulator'>,
  instant: Date,
): Promise<void> {
  await emulator.moveTo(instant);
  container.clock.moveTo(instant);
}

/** Every organization reports from when it joined. */
async function reportUsage(world: DemoWorld, span: { start: Date; end: Date }): Promise<number> {
  const factor = demoSize.usageFactor;
  const events = [...world.organizations.values()].flatMap((tenant) =>
    usageOfSpan(tenant, { ...span, factor }),
  );
  return recordDemoUsage(world.container, events);
}
