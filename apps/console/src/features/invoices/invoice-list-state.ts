export const invoiceListDefaults = { status: 'all', q: '', from: '', to: '', cursor: '' };

export const statuses = ['all', 'open', 'past_due', 'paid', 'draft', 'void', 'uncollectible'] as const;
export type Status = (typeof statuses)[number];
