import type { OrganizationId } from '@metergate/core';
import type {
  InvoiceDetails,
  InvoicePage,
  InvoiceQuery,
  InvoiceReader,
  InvoiceTab,
} from '@metergate/core/invoices/read/invoice-reader.ports';
import { Prisma, type PrismaClient } from '../../generated/client.ts';
import type { PrismaTransaction } from '../../prisma-transaction.ts';
import { invoiceFromRow } from '../../repositories/invoice.mapping.ts';
import {
  createCreditNoteRepository,
  createInvoiceRepository,
} from '../../repositories/invoice.repository.ts';
import { withOrganization } from '../../unit-of-work.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { afterCondition, searchCondition, tabCondition } from './invoice-filter.ts';

const listName = 'invoices';
const tabs: readonly InvoiceTab[] = ['all', 'open', 'past_due', 'paid', 'void', 'uncollectible', 'draft'];

/** Use `database.prisma.app`: its role sees only the organization that is asked about. */
export function createInvoiceReader(prisma: PrismaClient): InvoiceReader {
  return {
    list: (organizationId, query) =>
      withOrganization(prisma, organizationId, (tx) => listPage(tx, organizationId, query)),
    find: (organizationId, id) =>
      withOrganization(prisma, organizationId, (tx) => findDetails(tx, organizationId, id)),
  };
}

async function listPage(
  tx: PrismaTransaction,
  organizationId: OrganizationId,
  query: InvoiceQuery,
): Promise<InvoicePage> {
  const after = afterCondition(decodeCursor(listName, query.cursor));
  const search = searchCondition(organizationId, query, await currenciesToSearch(tx, organizationId, query));
  const found = await tx.$queryRaw<{ id: string }[]>`
    select id from invoices where ${search} and ${tabCondition(query.tab, query.at)} and ${after}
     order by stripe_created_at desc, id desc limit ${query.limit + 1}`;
  const ids = found.slice(0, query.limit).map(({ id }) => id);
  const rows = await tx.invoice.findMany({
    where: { organizationId, id: { in: ids } },
    orderBy: [{ stripeCreatedAt: 'desc' }, { id: 'desc' }],
  });
  const last = rows.at(-1);
  const hasMore = found.length > query.limit;
  return {
    items: rows.map(invoiceFromRow),
    nextCursor:
      hasMore && last !== undefined
        ? encodeCursor(listName, `${last.stripeCreatedAt.toISOString()}|${last.id}`)
        : null,
    counts: await countTabs(tx, search, query.at),
  };
}

/** Only a search for an amount has to know in which currencies it may be. */
async function currenciesToSearch(
  tx: PrismaTransaction,
  organizationId: OrganizationId,
  query: InvoiceQuery,
): Promise<string[]> {
  if (query.amounts.length === 0) return [];
  const rows = await tx.$queryRaw<{ currency: string }[]>`
    select distinct currency from invoices where organization_id = ${organizationId}::uuid limit 200`;
  return rows.map(({ currency }) => currency);
}

async function countTabs(
  tx: PrismaTransaction,
  search: Prisma.Sql,
  at: Date,
): Promise<Record<InvoiceTab, number>> {
  const counted = tabs.map((tab) => Prisma.sql`count(*) filter (where ${tabCondition(tab, at)})::int`);
  const rows = await tx.$queryRaw<{ counts: number[] }[]>`
    select array[${Prisma.join(counted)}] as counts from invoices where ${search}`;
  const count = (tab: InvoiceTab) => rows[0]?.counts[tabs.indexOf(tab)] ?? 0;
  return {
    all: count('all'),
    open: count('open'),
    past_due: count('past_due'),
    paid: count('paid'),
    void: count('void'),
    uncollectible: count('uncollectible'),
    draft: count('draft'),
  };
}

async function findDetails(
  tx: PrismaTransaction,
  organizationId: OrganizationId,
  id: Parameters<InvoiceReader['find']>[1],
): Promise<InvoiceDetails | null> {
  const repository = createInvoiceRepository(tx);
  const invoice = await repository.findById(organizationId, id);
  if (invoice === null) return null;
  const lines = await repository.listLines(organizationId, id);
  const events = await repository.listEvents(organizationId, id);
  const creditNotes = await createCreditNoteRepository(tx).listByInvoice(organizationId, id);
  const clientIds = lines.flatMap(({ clientId }) => (clientId === null ? [] : [clientId]));
  const clients = await tx.client.findMany({
    where: { organizationId, id: { in: [...new Set(clientIds)] } },
    select: { id: true, name: true },
  });
  const recipient = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { name: true, email: true, slug: true, timeZone: true },
  });
  return {
    invoice,
    lines,
    events,
    creditNotes,
    clientNames: new Map(clients.map((client) => [client.id, client.name])),
    recipient,
    previous: await findPrevious(tx, organizationId, invoice),
  };
}

/** Invoices of changes during a period are no month to compare with. */
async function findPrevious(
  tx: PrismaTransaction,
  organizationId: OrganizationId,
  { subscriptionId, stripeCreatedAt }: InvoiceDetails['invoice'],
): Promise<InvoiceDetails['previous']> {
  if (subscriptionId === null) return null;
  const row = await tx.invoice.findFirst({
    where: {
      organizationId,
      subscriptionId,
      stripeCreatedAt: { lt: stripeCreatedAt },
      status: { notIn: ['draft', 'void'] },
      billingReason: { in: ['subscription_cycle', 'subscription_create'] },
    },
    orderBy: { stripeCreatedAt: 'desc' },
  });
  if (row === null) return null;
  const invoice = invoiceFromRow(row);
  return { invoice, lines: await createInvoiceRepository(tx).listLines(organizationId, invoice.id) };
}
