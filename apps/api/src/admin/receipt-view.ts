import { toPublicId } from '@metergate/core';
import { receiptViewSchema } from '@metergate/core/limits/limits.schemas';
import type { ReceiptRecord } from '@metergate/db';
import type { z } from 'zod';

/** Stored words are checked against the declared ones. */
export function toReceiptView(receipt: ReceiptRecord): z.infer<typeof receiptViewSchema> {
  return receiptViewSchema.parse({
    ...receipt,
    id: toPublicId('receipt', receipt.id),
    at: receipt.at.toISOString(),
  });
}
