import { describe, expect, it } from 'vitest';
import { agencies } from './cast-agencies.ts';
import { agentOrganizations } from './cast-agents.ts';
import { ordinaryOrganizations } from './cast-ordinary.ts';
import { voiceOrganizations } from './cast-voice.ts';
import { demoSize } from './demo-size.ts';
import { type DemoOrganization, instantOf } from './story.ts';
import { usageOfSpan } from './usage-of-span.ts';

const today = new Date('2027-05-31T12:00:00Z');
const told = [...agencies, ...voiceOrganizations, ...agentOrganizations];
const ordinary = (count: number, months: number) => ordinaryOrganizations(count, months, 1);

describe('when a story happens', () => {
  it('counts calendar months first, ends at the last day of a short one, then days', () => {
    expect(instantOf({ days: 1.5 }, today).toISOString()).toBe('2027-05-30T00:00:00.000Z');
    expect(instantOf({ months: 3, days: 0 }, today).toISOString()).toBe('2027-02-28T12:00:00.000Z');
    expect(instantOf({ months: 5, days: 1 }, today).toISOString()).toBe('2026-12-30T12:00:00.000Z');
  });

  it.each(['2027-03-01', '2027-03-31', '2027-05-31', '2028-02-29', '2027-12-31'])(
    'is in order and after joining, on %s too',
    (day) => {
      const end = new Date(`${day}T12:00:00Z`);
      for (const { key, joined, story } of [...told, ...ordinary(40, 12)]) {
        const instants = [joined, ...story.map(([ago]) => ago)].map((ago) => instantOf(ago, end).getTime());
        expect(instants, key).toEqual(instants.toSorted((left, right) => left - right));
        expect(instants.at(-1), key).toBeLessThan(end.getTime());
      }
    },
  );

  it('has a key of its own for each organization, and all five families', () => {
    const cast = [...told, ...ordinary(40, 12)];
    expect(new Set(cast.map(({ key }) => key)).size).toBe(cast.length);
    expect(new Set(cast.map(({ name }) => name)).size).toBe(cast.length);
    const families = cast.flatMap(({ story }) =>
      story.flatMap(([, happening]) => (happening.kind === 'subscribe' ? [happening.family] : [])),
    );
    expect(new Set(families).size).toBe(5);
  });
});

describe('the usage of the demo', () => {
  const plot = told.find(({ key }) => key === 'bright-harbor');
  const usage = (start: string, end: string, one: DemoOrganization | undefined = plot) => {
    if (one === undefined) throw new Error('no such organization');
    const span = { start: new Date(start), end: new Date(end), factor: demoSize.usageFactor };
    const clients = new Map([['harbor-dental', 'Harbor Dental']]);
    return usageOfSpan({ plot: one, clients }, span);
  };

  it('is the same every time, in one piece or in two', () => {
    const whole = usage('2027-05-25T00:00:00Z', '2027-05-26T00:00:00Z');
    const parts = [
      ...usage('2027-05-25T00:00:00Z', '2027-05-25T09:41:00Z'),
      ...usage('2027-05-25T09:41:00Z', '2027-05-26T00:00:00Z'),
    ];
    expect(whole.length).toBeGreaterThan(300);
    expect(parts).toEqual(whole);
    expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
  });

  it('follows the week and the working day', () => {
    const tuesday = usage('2027-05-25T04:00:00Z', '2027-05-26T04:00:00Z').length;
    const sunday = usage('2027-05-23T04:00:00Z', '2027-05-24T04:00:00Z').length;
    expect(sunday).toBeLessThan(tuesday / 2);
    const night = usage('2027-05-25T06:00:00Z', '2027-05-25T09:00:00Z').length;
    const morning = usage('2027-05-25T14:00:00Z', '2027-05-25T17:00:00Z').length;
    expect(night).toBeLessThan(morning / 5);
  });

  it('brings minutes with every call, rounded up', () => {
    const events = usage('2027-05-25T00:00:00Z', '2027-05-26T00:00:00Z');
    const calls = events.filter(({ meter }) => meter === 'call');
    const minutes = events.filter(({ meter }) => meter === 'minute');
    expect(minutes.map(({ subject }) => subject)).toEqual(calls.map(({ subject }) => subject));
    for (const { quantity, properties } of minutes) {
      expect(Number(quantity)).toBe(Math.ceil(Number(properties?.durationSeconds) / 60));
    }
  });
});
