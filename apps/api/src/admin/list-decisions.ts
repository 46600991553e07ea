import { fromPublicId, type OrganizationId, type Page, toPublicId } from '@metergate/core';
import { receiptViewSchema } from '@metergate/core/limits/limits.schemas';
import { pageQuerySchema } from '@metergate/core/shared/page';
import { listReceipts, type ReceiptRecord } from '@metergate/db';
import { z } from 'zod';
import type { Container } from '../container.ts';

export const decisionFilterSchema = pageQuerySchema.extend({
  feature: z.string().optional(),
  /** The one decision that was answered with this receipt. */
  receipt: z.string().max(100).optional(),
});

type ReceiptView = z.infer<typeof receiptViewSchema>;

/** Why limits of an organization were decided as they were, newest first. */
export async function listDecisions(
  { database }: Pick<Container, 'database'>,
  organizationId: OrganizationId,
  { receipt, ...filter }: z.output<typeof decisionFilterSchema>,
): Promise<Page<ReceiptView>> {
  const receiptId = receipt === undefined ? undefined : fromPublicId('receipt', receipt.trim());
  // What is no receipt at all is as unknown as one of another organization.
  if (receipt !== undefined && receiptId === undefined) return { items: [], nextCursor: null };
  const page = await listReceipts(database.prisma.platform, organizationId, { ...filter, receiptId });
  return { ...page, items: page.items.map(toReceiptView) };
}

/** Stored words are checked against the declared ones. */
function toReceiptView(receipt: ReceiptRecord): ReceiptView {
  const { client } = receipt;
  return receiptViewSchema.parse({
    ...receipt,
    id: toPublicId('receipt', receipt.id),
    at: receipt.at.toISOString(),
    client: client === null ? null : { ...client, id: toPublicId('client', client.id) },
  });
}
