import type { PaymentGateway } from '@metergate/core/payments/payment-gateway.ports';
import { crashPoint } from '../crash-points.ts';

/** Before and after each step at Stripe of a change that also concerns what is scheduled. */
export function withChangeCrashPoints(gateway: PaymentGateway): PaymentGateway {
  return {
    ...gateway,
    changeSubscription: (request) => between(() => gateway.changeSubscription(request)),
    scheduleChange: (request) => between(() => gateway.scheduleChange(request)),
    releaseSchedule: (request) => between(() => gateway.releaseSchedule(request)),
  };
}

async function between<T>(call: () => Promise<T>): Promise<T> {
  crashPoint('change.step');
  const answer = await call();
  crashPoint('change.step');
  return answer;
}
