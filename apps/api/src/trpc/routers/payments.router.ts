import { paymentMethodViewSchema } from '@metergate/core/invoices/invoices.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { moneyProcedure, ownerProcedure } from '../procedures.ts';

export const paymentsRouter = t.router({
  methods: moneyProcedure.output(z.array(paymentMethodViewSchema)).query(() => pending()),
  setDefault: ownerProcedure
    .input(z.object({ paymentMethodId: z.string() }))
    .output(z.array(paymentMethodViewSchema))
    .mutation(() => pending()),
  remove: ownerProcedure
    .input(z.object({ paymentMethodId: z.string() }))
    .output(z.array(paymentMethodViewSchema))
    .mutation(() => pending()),
});
