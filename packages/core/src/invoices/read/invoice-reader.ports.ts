import type { InvoiceId, OrganizationId } from '../../shared/ids.ts';
import type {
  CreditNoteRecord,
  InvoiceEventRecord,
  InvoiceLineRecord,
  InvoiceRecord,
} from '../invoices.ports.ts';
import type { AmountCandidate } from './invoice-search.ts';

export type InvoiceTab = 'all' | 'open' | 'past_due' | 'paid' | 'void' | 'uncollectible' | 'draft';

export interface InvoiceQuery {
  tab: InvoiceTab;
  /** By the day the invoice was made; `from` inclusive, `to` exclusive. */
  from: Date | null;
  to: Date | null;
  /** Part of the number, in any case; null = no search. */
  text: string | null;
  /** Totals that the searched text may mean, by minor-unit digits of the currency. */
  amounts: readonly AmountCandidate[];
  limit: number;
  cursor: string | undefined;
  /** What is overdue is decided at this instant. */
  at: Date;
}

export interface InvoicePage {
  items: InvoiceRecord[];
  nextCursor: string | null;
  /** Of the same search, for every tab. */
  counts: Record<InvoiceTab, number>;
}

/** Who is billed, as printed on documents. */
export interface InvoiceRecipient {
  name: string;
  email: string;
  slug: string;
  timeZone: string;
}

export interface InvoiceDetails {
  invoice: InvoiceRecord;
  lines: InvoiceLineRecord[];
  events: InvoiceEventRecord[];
  creditNotes: CreditNoteRecord[];
  /** Names of the clients that lines belong to. */
  clientNames: ReadonlyMap<string, string>;
  recipient: InvoiceRecipient;
  /** The regular invoice of the same subscription before this one. */
  previous: { invoice: InvoiceRecord; lines: InvoiceLineRecord[] } | null;
}

export interface InvoiceReader {
  /** Newest first. Needs the same number of queries for any number of invoices. Throws CURSOR_INVALID. */
  list(organizationId: OrganizationId, query: InvoiceQuery): Promise<InvoicePage>;
  find(organizationId: OrganizationId, id: InvoiceId): Promise<InvoiceDetails | null>;
}
