import { isOutage, MetergateError } from './metergate-error.ts';
import type { ReportQueue } from './report-queue.ts';
import { isObject, type Send } from './transport.ts';
import type { UsageBuffer } from './usage-buffer.ts';

export interface LimitRequest {
  organization: string;
  feature: string;
  quantity: string | number;
  /** Id of the usage event; the same id again answers the first decision. Default: a random one. */
  id?: string;
  client?: string;
  subject?: string;
}

export interface LimitDecision {
  decision: 'allowed' | 'warned' | 'blocked';
  used: string;
  reserved: string;
  /** null = unlimited, or not known during an outage. */
  limit: string | null;
  remaining: string | null;
  resetsAt: string | null;
  /** snake_case; `unavailable` when your outage policy decided. */
  reason: string | null;
  message: string;
  upgradeTo?: string | null;
  receiptId: string;
}

export interface Reservation extends LimitDecision {
  /** null when it was refused, or granted by the outage policy. */
  id: string | null;
  /** Records what was really used. Kept and sent later while the server cannot be reached. */
  commit(quantity: string | number): Promise<void>;
  /** Gives everything back; kept and sent later like a commit. */
  release(): Promise<void>;
}

/** What is answered while the server cannot be reached. */
export type OutagePolicy = 'open' | 'closed';
export type OutagePolicyOf = OutagePolicy | ((feature: string) => OutagePolicy);

export interface LimitsApi {
  check(request: LimitRequest): Promise<LimitDecision>;
  consume(request: LimitRequest): Promise<LimitDecision>;
  reserve(request: LimitRequest & { leaseSeconds: number }): Promise<Reservation>;
}

/** What the policy grants without an answer is recorded as usage with the same id, so it is counted once. */
export function createLimits(
  send: Send,
  { buffer, reports }: { buffer: UsageBuffer; reports: ReportQueue },
  policyOf: OutagePolicyOf,
): LimitsApi {
  const policy = (feature: string) => (typeof policyOf === 'function' ? policyOf(feature) : policyOf);
  const ask = async (path: string, body: LimitRequest) => {
    const question = () => send({ method: 'POST', path, body, accept: [402] });
    // A kept connection may have been closed meanwhile. The id makes a second attempt the same question.
    const { body: answer } = await question().catch((error: unknown) => {
      if (isCutOff(error)) return question();
      throw error;
    });
    if (!isDecision(answer)) throw new Error('The server answered something that is no decision.');
    return answer;
  };
  const settle = (path: string, body: object) => reports.deliver({ method: 'POST', path, body });

  return {
    async check(request) {
      try {
        return await ask('/v1/limits/check', request);
      } catch (error) {
        return duringOutage(error, policy(request.feature));
      }
    },
    async consume(request) {
      const body = { ...request, id: request.id ?? crypto.randomUUID() };
      try {
        return await ask('/v1/limits/consume', body);
      } catch (error) {
        const decision = duringOutage(error, policy(request.feature));
        if (decision.decision === 'allowed') await recordInstead(buffer, body, body.quantity);
        return decision;
      }
    },
    async reserve(request) {
      const body = { ...request, id: request.id ?? crypto.randomUUID() };
      try {
        const decision = await ask('/v1/limits/reservations', body);
        const path = `/v1/limits/reservations/${decision.id ?? ''}`;
        const { organization } = request;
        return {
          ...decision,
          id: decision.id ?? null,
          commit: (quantity) => settle(`${path}/commit`, { organization, quantity }),
          release: () => settle(`${path}/release`, { organization }),
        };
      } catch (error) {
        const decision = duringOutage(error, policy(request.feature));
        return {
          ...decision,
          id: null,
          commit: (quantity) => recordInstead(buffer, body, quantity),
          release: async () => undefined,
        };
      }
    },
  };
}

async function recordInstead(buffer: UsageBuffer, request: LimitRequest, quantity: string | number) {
  const { feature: meter, leaseSeconds: _lease, ...event } = { leaseSeconds: 0, ...request };
  await buffer.keep({ ...event, meter, quantity }, { isGranted: true });
}

function isDecision(answer: unknown): answer is LimitDecision & { id?: string | null } {
  return isObject(answer) && ['allowed', 'warned', 'blocked'].includes(String(answer.decision));
}

/** The connection broke, and not for want of time. */
function isCutOff(error: unknown): boolean {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  return !isTimeout && !(error instanceof MetergateError);
}

/** Refusals of the request itself (unknown feature, bad quantity) are errors in any case. */
function duringOutage(error: unknown, policy: OutagePolicy): LimitDecision {
  if (!isOutage(error)) throw error;
  return {
    decision: policy === 'open' ? 'allowed' : 'blocked',
    used: '0',
    reserved: '0',
    limit: null,
    remaining: null,
    resetsAt: null,
    reason: 'unavailable',
    message: 'Limits cannot be read at the moment.',
    upgradeTo: null,
    receiptId: '',
  };
}
