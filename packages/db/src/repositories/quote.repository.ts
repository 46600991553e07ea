import { asId } from '@metergate/core';
import { quoteOutcomeSchema, quoteTargetSchema } from '@metergate/core/payments/change/quote';
import type { QuoteRecord, QuoteRepository } from '@metergate/core/payments/change/quotes.ports';
import type { Quote as QuoteRow } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createQuoteRepository(tx: PrismaTransaction): QuoteRepository {
  return {
    async insert(organizationId, { target, outcome, ...columns }) {
      const data = { organizationId, ...columns, request: target, outcome };
      await tx.quote.create({ data });
    },
    async find(organizationId, id) {
      const row = await tx.quote.findUnique({ where: { organizationId_id: { organizationId, id } } });
      return row === null ? null : fromRow(row);
    },
    async markAccepted(organizationId, id, acceptedAt) {
      await tx.quote.update({ where: { organizationId_id: { organizationId, id } }, data: { acceptedAt } });
    },
  };
}

function fromRow({ request, outcome, organizationId: _, id, ...columns }: QuoteRow): QuoteRecord {
  return {
    ...columns,
    id: asId('quote', id),
    target: quoteTargetSchema.parse(request),
    outcome: quoteOutcomeSchema.parse(outcome),
  };
}
