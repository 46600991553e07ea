/** Why our copy and Stripe differ; the order is the order of the page. */
export const driftKinds = [
  'money',
  'missing_at_stripe',
  'unmapped',
  'unknown',
  'given_up',
  'changed_at_stripe',
  'missing_here',
  'stale',
  'derived',
  'expected_lag',
] as const;
export type DriftKind = (typeof driftKinds)[number];

export type DriftSeverity = 'critical' | 'warning' | 'info';

export interface DriftMeaning {
  label: string;
  severity: DriftSeverity;
  /** It stays open, and is told once, until a person has looked at it. */
  needsPerson: boolean;
  /** Whether the hourly comparison makes our copy equal by itself. */
  repairs: boolean;
  what: string;
  next: string;
}

/** What each kind means and asks for, in words for staff. */
export const driftMeanings: Readonly<Record<DriftKind, DriftMeaning>> = {
  money: {
    label: 'Amounts differ',
    severity: 'critical',
    needsPerson: true,
    repairs: false,
    what: 'The total, tax, currency or lines of a finalized invoice differ, which Stripe never changes. One copy is wrong.',
    next: 'Compare with the document at Stripe. Is ours wrong, resync the organization; did Stripe charge wrongly, issue a credit note.',
  },
  missing_at_stripe: {
    label: 'Missing at Stripe',
    severity: 'critical',
    needsPerson: true,
    repairs: false,
    what: 'We hold it as running and Stripe does not know it: another account or mode, or it was removed by hand.',
    next: 'Check key, account and mode. Nothing is ended by itself, so nobody is locked out; end it here when it is really gone.',
  },
  unmapped: {
    label: 'Not in the catalogue',
    severity: 'critical',
    needsPerson: true,
    repairs: false,
    what: 'A subscription at Stripe has a price the catalogue does not know, or is a second one of its family.',
    next: 'Publish the catalogue that sold it, or end the subscription at Stripe.',
  },
  unknown: {
    label: 'Not understood',
    severity: 'warning',
    needsPerson: true,
    repairs: true,
    what: 'A field differs for which no reason is known.',
    next: 'Read the history of the object at Stripe and its events here.',
  },
  given_up: {
    label: 'Something was given up',
    severity: 'warning',
    needsPerson: false,
    repairs: true,
    what: 'An event about it, or a message to it, was given up; our copy now says what Stripe says.',
    next: 'Replay the event, or send or dismiss the message, on its page.',
  },
  changed_at_stripe: {
    label: 'Changed at Stripe',
    severity: 'warning',
    needsPerson: false,
    repairs: true,
    what: 'The terms were changed at Stripe and not through us, and no webhook told it.',
    next: 'Nothing, when it was meant: Stripe counts. Otherwise change it back here.',
  },
  missing_here: {
    label: 'Missing here',
    severity: 'warning',
    needsPerson: false,
    repairs: true,
    what: 'Stripe has an object that no webhook told us about.',
    next: 'Nothing. When it happens often, compare the events of the webhook endpoint with the guide.',
  },
  stale: {
    label: 'Stale',
    severity: 'info',
    needsPerson: false,
    repairs: true,
    what: 'It moved on by itself (a payment, a renewal, a date) and the webhook did not come.',
    next: 'Nothing. When it happens often, look at the webhook endpoint.',
  },
  derived: {
    label: 'Worked out anew',
    severity: 'info',
    needsPerson: false,
    repairs: true,
    what: 'Stripe’s facts are equal; only what we conclude from them, the access, is different.',
    next: 'Nothing.',
  },
  expected_lag: {
    label: 'On its way',
    severity: 'info',
    needsPerson: false,
    repairs: true,
    what: 'An event about it, a message to it or a change that is being made explains it.',
    next: 'Nothing; it settles within minutes.',
  },
};
