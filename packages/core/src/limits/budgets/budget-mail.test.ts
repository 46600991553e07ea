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
