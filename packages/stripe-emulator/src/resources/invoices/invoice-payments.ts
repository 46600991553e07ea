import type { Route } from '../../server/router.ts';
import type { InvoicePaymentRow } from '../../store/billing-rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { listOf } from '../../wire/lists.ts';

export const invoicePaymentRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/invoice_payments',
    handler: ({ world, params }) => {
      const invoice = params.text('invoice');
      const status = params.text('status');
      const intent = params.sub('payment')?.text('payment_intent');
      const matches = (row: InvoicePaymentRow) =>
        (!invoice || row.invoice === invoice) &&
        (!status || row.status === status) &&
        (!intent || row.payment.payment_intent === intent);
      return listOf(world, 'invoice_payment', { params, url: '/v1/invoice_payments', matches });
    },
  },
  {
    method: 'GET',
    path: '/v1/invoice_payments/:id',
    handler: ({ world, id }) => {
      const payment = world.store.get('invoice_payment', id);
      if (!payment) throw noSuchObject('invoice_payment', id);
      return payment;
    },
  },
];
