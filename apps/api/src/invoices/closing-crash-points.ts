import type { PaymentGateway } from '@metergate/core/payments/payment-gateway.ports';
import { crashPoint } from '../crash-points.ts';

/** While a period is closed a process leaves the most behind between what Stripe did and what we noted of it. */
export function withClosingCrashPoints(gateway: PaymentGateway): PaymentGateway {
  return {
    ...gateway,
    async createInvoice(request) {
      const made = await gateway.createInvoice(request);
      crashPoint('period.closing');
      return made;
    },
    async addInvoiceItem(request) {
      const added = await gateway.addInvoiceItem(request);
      crashPoint('period.closing');
      return added;
    },
    async finalizeInvoice(request) {
      const finalized = await gateway.finalizeInvoice(request);
      crashPoint('period.closing');
      return finalized;
    },
  };
}
