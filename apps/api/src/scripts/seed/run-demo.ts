import type { Container } from '../../container.ts';
import { agencies } from './cast-agencies.ts';
import { agentOrganizations } from './cast-agents.ts';
import { ordinaryOrganizations, renewalDays } from './cast-ordinary.ts';
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
const beforeRenewalMs = 1_200_000;
/** Unusual usage is looked for in the last days only: every look compares everybody's last two months. */
const unusualDays = 7;
const unusualSchedule = 'notice-anomalies';
/** Invoices freeze an hour after their period. */
const afterRenewalMs = 2 * 3_600_000;

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
  const world = await openWorld({ container, emulator, today, first: first.at });
  // The first thing our jobs do is to publish the catalogue.
  await settle(world);
  const { skippedSchedules } = container.background;
  skippedSchedules.add(unusualSchedule);
  let toldPercent = 0;
  for (const [index, moment] of timeline.entries()) {
    if (today.getTime() - moment.at.getTime() < unusualDays * dayMs) skippedSchedules.delete(unusualSchedule);
    await live(world, moment);
    const percent = Math.floor((index / timeline.length) * 10) * 10;
    if (percent > toldPercent) {
      tell(`  ${percent} %: ${moment.at.toISOString().slice(0, 10)}, ${world.usageEvents} usage events`);
      toldPercent = percent;
    }
  }
  await makeFlags(world);
  await settle(world);
  return { organizations: world.organizations.size, usageEvents: world.usageEvents };
}

type Moment = { at: Date } & (
  | { kind: 'settle' }
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
  for (const at of settlingMoments(today)) moments.push({ kind: 'settle', at });
  // Stable: what one story tells for the same instant happens in the order it is told.
  return moments.sort((left, right) => left.at.getTime() - right.at.getTime());
}

/**
 * When usage is reported and jobs run. Ordinary organizations renew together: before the told stories begin, shortly
 * before a renewal (so that its invoice has the usage) and after it has frozen are enough.
 */
function settlingMoments(today: Date): Date[] {
  const { months, dailyMonths } = demoSize;
  const quiet = instantOf({ months: dailyMonths, days: 0 }, today);
  const moments: Date[] = [];
  for (let at = today; at > quiet; at = new Date(at.getTime() - dayMs)) moments.push(at);
  for (let month = dailyMonths; month < months; month += 1) {
    for (const days of renewalDays) {
      const renewal = instantOf({ months: month, days }, today).getTime();
      moments.push(new Date(renewal - beforeRenewalMs), new Date(renewal + afterRenewalMs));
    }
  }
  return moments;
}

type LivingWorld = DemoWorld & {
  member: Person;
  usageEvents: number;
  reportedUntil: Date;
  /** Something happened that our jobs have not seen yet. */
  isUnsettled: boolean;
};

async function openWorld({
  container,
  emulator,
  today,
  first,
}: Pick<DemoWorld, 'container' | 'emulator' | 'today'> & { first: Date }): Promise<LivingWorld> {
  const owner = await signUpPerson(container, 'Olivia Owner', 'owner@demo.test');
  const partner = await signUpPerson(container, 'Pat Partner', 'partner@demo.test');
  const member = await signUpPerson(container, 'Max Member', 'member@demo.test');
  const staff = await signUpStaff(container, 'Ada Admin', 'admin@demo.test');
  const owners = new Map([
    ['owner@demo.test' as const, owner],
    ['partner@demo.test' as const, partner],
  ]);
  const organizations = new Map();
  const progress = { usageEvents: 0, reportedUntil: first, isUnsettled: true };
  return { container, emulator, today, owners, staff, member, organizations, ...progress };
}

async function play(world: LivingWorld, moment: Exclude<Moment, { kind: 'settle' }>): Promise<void> {
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
 * Goes to a moment. Days without anything due are only filled with usage: jobs that find nothing are most of the
 * time that the demo takes. Usage comes before the jobs, so that a period is complete when it is billed.
 */
async function live(world: LivingWorld, moment: Moment): Promise<void> {
  if ((await jumpTo(world, moment.at)) > 0) world.isUnsettled = true;
  if (moment.kind === 'settle') {
    await reportUsage(world, moment.at);
    if (world.isUnsettled) await settle(world);
    return;
  }
  const needsUsage =
    moment.kind === 'happening' &&
    (moment.happening.kind === 'use_up' || moment.happening.kind === 'ask_beyond');
  if (needsUsage) await reportUsage(world, moment.at);
  await play(world, moment);
  world.isUnsettled = true;
  // What happened in the last hours must not look as if it had waited for the end of the day.
  if (world.today.getTime() - moment.at.getTime() < dayMs) await settle(world);
}

/**
 * Our own clock first, so that what falls due at Stripe arrives at the moment that it is looked at: an event that had
 * waited for days would be one. Answers how much fell due.
 */
async function jumpTo(
  { container, emulator }: Pick<DemoWorld, 'container' | 'emulator'>,
  instant: Date,
): Promise<number> {
  container.clock.moveTo(instant);
  return await emulator.moveTo(instant);
}

/** Webhooks have arrived and our jobs have nothing left to do. */
async function settle(world: LivingWorld): Promise<void> {
  await world.emulator.untilDelivered();
  await world.container.drainUntilIdle();
  world.isUnsettled = false;
}

/** Everything used since the last report, by every organization since it joined. */
async function reportUsage(world: LivingWorld, end: Date): Promise<void> {
  const span = { start: world.reportedUntil, end, factor: demoSize.usageFactor };
  const events = [...world.organizations.values()].flatMap((tenant) => {
    const joinedAt = instantOf(tenant.plot.joined, world.today);
    const start = new Date(Math.max(joinedAt.getTime(), span.start.getTime()));
    return usageOfSpan(tenant, { ...span, start });
  });
  world.usageEvents += await recordDemoUsage(world.container, events);
  world.reportedUntil = end;
}
