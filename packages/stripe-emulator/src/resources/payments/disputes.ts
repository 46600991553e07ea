import { emitChange } from '../../events/emit.ts';
import { decideDispute, isDecided } from '../../payments/disputes.ts';
import type { Call, Route } from '../../server/router.ts';
import type { Row } from '../../store/rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { listOf, page } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isRecord } from '../../wire/params.ts';
import type { World } from '../../world.ts';

function requireDispute(world: World, id: string): Row {
  const dispute = world.store.get('dispute', id);
  if (!dispute) throw noSuchObject('dispute', id);
  return dispute;
}

/** Evidence is submitted with the update unless `submit` is false; the test words decide at once. */
function update({ world, params, id }: Call) {
  const before = requireDispute(world, id);
  const sent = params.sub('evidence')?.raw;
  if (sent && isDecided(before)) {
    throw invalidRequest('This dispute is already closed.', undefined, 'dispute_already_closed');
  }
  const metadata = mergeMetadata({ ...Object(before.metadata) }, params);
  const evidence = { ...(isRecord(before.evidence) ? before.evidence : {}), ...sent };
  const isSubmitted = sent !== undefined && params.flag('submit') !== false;
  const details = isRecord(before.evidence_details) ? before.evidence_details : {};
  const isInquiry = String(before.status).startsWith('warning_');
  const after = world.store.put('dispute', {
    ...before,
    evidence,
    evidence_details: {
      ...details,
      has_evidence: sent !== undefined || details.has_evidence === true,
      submission_count: Number(details.submission_count) + (isSubmitted ? 1 : 0),
    },
    metadata,
    status: isSubmitted ? (isInquiry ? 'warning_under_review' : 'under_review') : before.status,
  });
  emitChange(world, 'charge.dispute.updated', { before, after });
  if (!isSubmitted) return after;
  if (evidence.uncategorized_text === 'winning_evidence') return decideDispute(world, after, true);
  if (evidence.uncategorized_text === 'losing_evidence') return decideDispute(world, after, false);
  return after;
}

export const disputeRoutes: Route[] = [
  // Nobody warns of fraud with test cards; mirrors ask for the list all the same.
  {
    method: 'GET',
    path: '/v1/radar/early_fraud_warnings',
    handler: ({ params }) =>
      page([], { params, url: '/v1/radar/early_fraud_warnings', kind: 'radar.early_fraud_warning' }),
  },
  {
    method: 'GET',
    path: '/v1/disputes',
    handler: ({ world, params }) => {
      const charge = params.text('charge');
      const intent = params.text('payment_intent');
      const matches = (row: Row) =>
        (!charge || row.charge === charge) && (!intent || row.payment_intent === intent);
      return listOf(world, 'dispute', { params, url: '/v1/disputes', matches });
    },
  },
  { method: 'GET', path: '/v1/disputes/:id', handler: ({ world, id }) => requireDispute(world, id) },
  { method: 'POST', path: '/v1/disputes/:id', handler: update },
  {
    method: 'POST',
    path: '/v1/disputes/:id/close',
    // Closing accepts the dispute: the money is gone for good.
    handler: ({ world, id }) => decideDispute(world, requireDispute(world, id), false),
  },
];
