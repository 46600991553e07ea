import { expect, test } from 'vitest';
import { answeredBy, looksAgain, nextReportLookAt } from './next-report-look.ts';

const at = (text: string) => new Date(`2027-04-${text}Z`);
const month = (end: string) => ({ month: { start: at('01T00:00:00'), end: at(end) } });
const now = at('10T12:03:00');

test.each([
  ['nothing is rated at Stripe', [], null],
  ['the month ends next', [month('12T09:20:00')], '12T09:20:00'],
  ['the first of two months ends next', [month('14T00:00:00'), month('12T09:20:00')], '12T09:20:00'],
  ['a week is the longest', [month('30T00:00:00')], '17T12:03:00'],
  ['a month that ended takes reports in every run until it freezes', [month('10T11:40:00')], '10T12:03:00'],
])('time alone brings the next look: %s', (_, open, expected) => {
  expect(nextReportLookAt(open, now)).toEqual(expected === null ? null : at(expected));
});

test.each([
  ['a change that it has seen', null, null, true],
  ['usage of a closed hour whose writers are done', '10T12:00:00', '10T11:53:00', true],
  ['usage of a closed hour that may still be written', '10T12:00:00', '10T11:53:01', false],
  ['usage of the running hour', '10T13:00:00', '10T11:00:00', false],
])('a look answers a cue for good: %s', (_, dueAt, notedAt, isAnswered) => {
  const cue = {
    id: 1n,
    dueAt: dueAt === null ? null : at(dueAt),
    notedAt: notedAt === null ? null : at(notedAt),
  };
  expect(answeredBy([cue], now)).toEqual(isAnswered ? [1n] : []);
});

test.each([
  ['when a meter is new', [], ['leads'], 3],
  ['when another meter is new', ['leads'], ['leads', 'calls'], 3],
  ['not when all are known', ['leads', 'calls'], ['leads'], 0],
  ['not when Stripe rates nothing', [], [], 0],
])(
  'usage that could leave no cue is looked at again at once and when its hours close: %s',
  (_, before, rated, count) => {
    const again = looksAgain({ meters: before }, rated, now);
    const expected = [now, at('10T13:00:00'), at('10T14:00:00')].slice(0, count);
    expect(again).toEqual(expected.map((dueAt) => ({ dueAt, notedAt: now })));
  },
);
