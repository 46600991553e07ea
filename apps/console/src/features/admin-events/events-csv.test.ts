import { expect, test } from 'vitest';
import type { InboundEvent } from '../../app/views.ts';
import { eventsCsv } from './events-csv.ts';

const event: InboundEvent = {
  id: 'evt_1',
  externalId: 'evt_1QmX',
  type: 'invoice.paid',
  status: 'dead',
  organization: { id: 'org_1', slug: 'acme', name: 'Acme' },
  attempts: 8,
  lagMs: null,
  objectId: 'in_1',
  lastError: '=HYPERLINK("http://evil.test"), or worse\nnext line',
  receivedAt: '2027-03-01T00:00:00.000Z',
  processedAt: null,
};

test('a line has every column, and an error of Stripe is text and never a formula', () => {
  const [header, ...lines] = eventsCsv([event, { ...event, organization: null, lastError: null }]).split(
    '\r\n',
  );
  expect(header).toBe(
    'id,at_stripe,type,status,organization,object,attempts,lag_ms,received,processed,error',
  );
  expect(lines).toEqual([
    `evt_1,evt_1QmX,invoice.paid,dead,acme,in_1,8,,2027-03-01T00:00:00.000Z,,"'=HYPERLINK(""http://evil.test""), or worse\nnext line"`,
    'evt_1,evt_1QmX,invoice.paid,dead,,in_1,8,,2027-03-01T00:00:00.000Z,,',
  ]);
});
