import { expect, it } from 'vitest';
import { detectAnomaly, type UsageHour } from './detect-anomaly.ts';

const week = 168;

/** Weeks of 40 events of 2 units in every hour, with the last hours as given. */
function habit(
  weeks: number,
  last: readonly UsageHour[] = [],
  usual: UsageHour = { quantity: '80', events: 40 },
) {
  const hours = Array.from({ length: weeks * week }, () => usual);
  hours.splice(hours.length - last.length, last.length, ...last);
  return hours;
}

const hoursOf = (count: number, hour: UsageHour) => Array.from({ length: count }, () => hour);

it('finds nothing in a habit that goes on', () => {
  expect(detectAnomaly(habit(9))).toBeNull();
});

it('finds a burst of three hours, with the median of the same hours in the weeks before', () => {
  // 3 × 80 usual; the spread is at least 15 % of it (36), so the bound is 240 + 6 × 36 = 456, and more than twice 240.
  expect(detectAnomaly(habit(9, hoursOf(3, { quantity: '161', events: 80 })))).toEqual({
    kind: 'spike',
    hours: 3,
    expected: '240',
    actual: '483',
  });
  expect(detectAnomaly(habit(9, hoursOf(3, { quantity: '160', events: 80 })))).toBeNull();
});

it('finds silence, but not a quiet hour among usual ones', () => {
  expect(detectAnomaly(habit(9, hoursOf(3, { quantity: '0', events: 0 })))).toMatchObject({
    kind: 'silence',
    hours: 3,
    expected: '240',
    actual: '0',
  });
  expect(detectAnomaly(habit(9, hoursOf(1, { quantity: '0', events: 0 })))).toBeNull();
});

it('knows no habit before four whole weeks', () => {
  const burst = hoursOf(3, { quantity: '9000', events: 80 });
  expect(detectAnomaly(habit(4, burst))).toBeNull();
  expect(
    detectAnomaly([...habit(1, hoursOf(3, { quantity: '80', events: 40 })), ...habit(4, burst)]),
  ).toMatchObject({
    kind: 'spike',
  });
});

it('does not let one odd week before hide a burst, or make one of a usual hour', () => {
  const hours = habit(9);
  const odd = hours.length - 2 * week;
  hours.splice(odd - 3, 3, ...hoursOf(3, { quantity: '300', events: 150 }));
  expect(detectAnomaly(hours)).toBeNull();
  hours.splice(hours.length - 3, 3, ...hoursOf(3, { quantity: '500', events: 250 }));
  expect(detectAnomaly(hours)).toMatchObject({ kind: 'spike', expected: '240', actual: '1500' });
});

it('is silent about little use, where chance alone makes such differences', () => {
  const rare = { quantity: '1', events: 1 };
  expect(detectAnomaly(habit(9, hoursOf(3, { quantity: '9', events: 9 }), rare))).toBeNull();
  expect(detectAnomaly(habit(9, hoursOf(3, { quantity: '0', events: 0 }), rare))).toBeNull();
});

it('looks at whole days where hours hold too little', () => {
  const usual = { quantity: '4', events: 2 };
  expect(detectAnomaly(habit(9, hoursOf(24, { quantity: '0', events: 0 }), usual))).toMatchObject({
    kind: 'silence',
    hours: 24,
    expected: '96',
  });
});

/** Use from eight to five on weekdays, `shift` hours later in the last week, ending with the hour `last` of Monday. */
function officeHours(last: number, shift: number): UsageHour[] {
  const count = 9 * week + last + 1;
  return Array.from({ length: count }, (_, n) => {
    const isLastWeek = n >= count - week + 1;
    const hour = (n % 24) - (isLastWeek ? shift : 0);
    const isOpen = hour >= 8 && hour < 17 && Math.floor(n / 24) % 7 < 5;
    return isOpen ? { quantity: '80', events: 40 } : { quantity: '0', events: 0 };
  });
}

it('finds nothing in a change of clocks, at no hour of the day', () => {
  for (const shift of [1, -1]) {
    for (let last = 0; last < 24; last += 1) {
      expect(detectAnomaly(officeHours(last, shift)), `${shift} h, at ${last}`).toBeNull();
    }
  }
  expect(detectAnomaly(officeHours(12, 9))).toMatchObject({ kind: 'silence' });
});

it.each([
  ['only zeros', { quantity: '0', events: 0 }],
  ['events of nothing', { quantity: '0', events: 40 }],
  ['the smallest quantities', { quantity: '0.000000000001', events: 40 }],
  ['the largest quantities', { quantity: '99999999999999999999', events: 40 }],
])('finds nothing in %s that go on, whether a week is missing or not', (_, hour) => {
  expect(detectAnomaly(habit(9, [], hour))).toBeNull();
  expect(detectAnomaly(habit(4, [], hour))).toBeNull();
  expect(detectAnomaly([])).toBeNull();
  expect(detectAnomaly([hour])).toBeNull();
});

it('takes what corrections took away as less use, never as a burst', () => {
  const hours = habit(9, hoursOf(3, { quantity: '-80', events: -40 }));
  expect(detectAnomaly(hours)).toMatchObject({ kind: 'silence', actual: '-240' });
});
