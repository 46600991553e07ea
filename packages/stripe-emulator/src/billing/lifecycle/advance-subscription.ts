import { emit, emitChange } from '../../events/emit.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import { customerNow, type World } from '../../world.ts';
import { endDiscounts, nextDiscountEnd } from '../discounts/held.ts';
import { previewRenewal } from '../invoicing/preview-renewal.ts';
import { expireIncomplete, voidInvoice } from '../invoicing/void.ts';
import { cancelSubscription } from './cancel.ts';
import { nextPeriodEnd } from './item-periods.ts';
import { expirePendingUpdate } from './pending-update.ts';
import { renew } from './renewal.ts';
import { resumptionEndsAt } from './resumption.ts';
import { advanceSchedule, nextPhaseAt } from './schedule-phases.ts';
import { endTrial } from './trial.ts';
import { TRIAL_NOTICE_SECONDS } from './trial-notice.ts';

const DAY = 86_400;
const INCOMPLETE_SECONDS = 23 * 3600;

type ActionKind =
  | 'expire'
  | 'cancel'
  | 'phase'
  | 'trial_notice'
  | 'trial_end'
  | 'upcoming'
  | 'renew'
  | 'resume_collection'
  | 'expire_update'
  | 'end_discounts'
  | 'end_resumption';

export interface SubscriptionAction {
  at: number;
  kind: ActionKind;
}

/** The earliest thing that time will do to a subscription. Cancellation wins over renewal at the same instant. */
export function nextSubscriptionAction(world: World, row: SubscriptionRow): SubscriptionAction | undefined {
  if (row.status === 'canceled' || row.status === 'incomplete_expired') return undefined;
  if (row.status === 'incomplete') return { at: row.created + INCOMPLETE_SECONDS, kind: 'expire' };
  const actions: SubscriptionAction[] = [];
  const add = (at: number | null | undefined, kind: ActionKind) => {
    if (typeof at === 'number') actions.push({ at, kind });
  };
  add(row.cancel_at, 'cancel');
  add(nextPhaseAt(world, row), 'phase');
  add(row.pause_collection?.resumes_at, 'resume_collection');
  add(row.pending_update?.expires_at, 'expire_update');
  add(nextDiscountEnd(world, row), 'end_discounts');
  add(resumptionEndsAt(world, row), 'end_resumption');
  const end = nextPeriodEnd(row);
  if (row.status === 'trialing') {
    if (!row._trialNoticeSent && row.trial_end !== null)
      add(row.trial_end - TRIAL_NOTICE_SECONDS, 'trial_notice');
    add(row.trial_end, 'trial_end');
  } else if (row.status !== 'paused' && end !== undefined) {
    const days = world.settings.upcomingInvoiceDays;
    if (days !== null && row._upcomingSentFor !== end && row.cancel_at !== end)
      add(end - days * DAY, 'upcoming');
    add(end, 'renew');
  }
  return actions.sort((a, b) => a.at - b.at)[0];
}

export function advanceSubscription(world: World, before: SubscriptionRow): void {
  const action = nextSubscriptionAction(world, before);
  switch (action?.kind) {
    case undefined:
      return;
    case 'expire':
      expireIncomplete(world, before);
      return;
    case 'cancel':
      cancelSubscription(world, before, {});
      return;
    case 'phase':
      advanceSchedule(world, before);
      return;
    case 'trial_notice':
      emit(
        world,
        'customer.subscription.trial_will_end',
        world.store.put('subscription', { ...before, _trialNoticeSent: true }),
      );
      return;
    case 'trial_end':
      endTrial(world, before);
      return;
    case 'upcoming':
      sendUpcoming(world, before);
      return;
    case 'renew':
      renew(world, before);
      return;
    case 'resume_collection':
      emitChange(world, 'customer.subscription.updated', {
        before,
        after: world.store.put('subscription', { ...before, pause_collection: null }),
      });
      return;
    case 'end_discounts':
      endDiscounts(world, before, action.at);
      return;
    case 'end_resumption':
      endResumption(world, before);
      return;
    case 'expire_update':
      expirePendingUpdate(world, before);
  }
}

function endResumption(world: World, { _resumesWith }: SubscriptionRow): void {
  const invoice = _resumesWith ? world.store.get('invoice', _resumesWith) : undefined;
  if (invoice) voidInvoice(world, invoice);
}

/** `invoice.upcoming` carries a preview without an id. It is skipped when the notice comes too late. */
function sendUpcoming(world: World, before: SubscriptionRow): void {
  const end = nextPeriodEnd(before) ?? null;
  const noted = world.store.put('subscription', { ...before, _upcomingSentFor: end });
  if (end === null || customerNow(world, before.customer) >= end) return;
  const { id: _none, ...preview } = previewRenewal(world, noted);
  emit(world, 'invoice.upcoming', {
    ...preview,
    id: '',
    _isUpcoming: true,
    object: 'invoice',
    test_clock: before.test_clock,
  });
}
