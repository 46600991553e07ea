import { expect, it } from 'vitest';
import { anomalyMail } from '../../usage/anomalies/anomaly-mail.ts';
import { alertMail } from '../alerts/alert-mail.ts';
import { budgetMail } from './budget-mail.ts';

const hostile = '<img src=x onerror=alert(1)>\r\nBcc: all@example.test';
const at = new Date('2027-03-01T00:00:00Z');

const mails = {
  'the mail about a budget': budgetMail({
    organizationName: hostile,
    clientName: hostile,
    threshold: 80,
    costMinor: 8_001n,
    amountMinor: 10_000n,
    currency: 'USD',
    onReached: 'block',
  }),
  'the mail about a limit': alertMail({
    organizationName: hostile,
    featureName: hostile,
    threshold: 80,
    used: '8',
    limit: '10',
    consequence: '',
    ended: null,
    timeZone: 'UTC',
  }),
  'the mail about unusual usage': anomalyMail({
    organizationName: hostile,
    meterName: hostile,
    kind: 'spike',
    windowStart: at,
    windowEnd: at,
    expected: '1',
    actual: '9',
  }),
};

it.each(Object.entries(mails))('%s shows names as text, and no name adds a header (U24)', (_name, mail) => {
  expect(mail.html).not.toContain('<img');
  expect(mail.html).toContain('&lt;img');
  expect(mail.subject).not.toMatch(/[\r\n]/);
});

it('says what was spent of what, in the currency', () => {
  expect(mails['the mail about a budget'].text).toContain('has cost $80.01 of its budget of $100.00');
});

it.each([
  ['an hour', '2027-03-01T22:00:00Z', '2027-03-01T23:00:00Z', '2027-03-01 22:00–23:00 UTC'],
  ['the hour before midnight', '2027-03-01T23:00:00Z', '2027-03-02T00:00:00Z', '2027-03-01 23:00–00:00 UTC'],
  ['a day in the zone', '2027-02-28T23:00:00Z', '2027-03-01T23:00:00Z', '2027-03-01'],
  ['the short day of the year', '2027-03-27T23:00:00Z', '2027-03-28T22:00:00Z', '2027-03-28'],
  ['a month', '2027-02-14T10:30:00Z', '2027-03-14T10:30:00Z', '2027-02-14 to 2027-03-14'],
])('names the window that ended before it could be told: %s', (_, start, end, name) => {
  const { subject, text } = alertMail({
    organizationName: 'Acme',
    featureName: 'Calls',
    threshold: 80,
    used: '8',
    limit: '10',
    consequence: 'At the limit further use is refused.',
    ended: { start: new Date(start), end: new Date(end) },
    timeZone: 'Europe/Berlin',
  });
  expect(subject).toBe(`Calls: 80 % of the limit used (${name})`);
  expect(text).toBe(
    `Acme had used 8 of 10 (Calls) in the window that has ended since: ${name}. It could not be told earlier.`,
  );
});
