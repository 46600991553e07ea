import { toPublicId } from '../../shared/ids.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { limitMessage } from '../limit-message.ts';
import { limitsUnavailable } from '../limits.errors.ts';
import type { LimitAnswer } from '../limits.schemas.ts';
import type { OutageReport } from './outage.ports.ts';

/** What cannot be kept would be lost, so it is refused and the caller asks again. @throws LIMITS_UNAVAILABLE */
export async function keepReport(deps: Pick<LimitDeps, 'outage'>, report: OutageReport): Promise<void> {
  try {
    await deps.outage.keep(report);
  } catch (error) {
    throw limitsUnavailable(error);
  }
}

/** Taken over, with levels that nobody can read at the moment. */
export function keptAnswer(receiptId: string): LimitAnswer {
  return {
    decision: 'allowed',
    used: '0',
    reserved: '0',
    limit: null,
    remaining: null,
    resetsAt: null,
    reason: 'unavailable',
    message: limitMessage({ reason: 'unavailable', limit: null }, { featureName: '', upgradeName: null }),
    upgradeTo: null,
    receiptId: toPublicId('receipt', receiptId),
  };
}
