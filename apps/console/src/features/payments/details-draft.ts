import type { BillingDetails } from '../../app/views.ts';

/** The form as it is typed: empty texts where there is nothing. */
export interface DetailsDraft {
  legalName: string;
  email: string;
  line1: string;
  line2: string;
  postalCode: string;
  city: string;
  region: string;
  country: string;
  taxKind: string;
  taxValue: string;
}

const noAddress = { line1: '', line2: '', postalCode: '', city: '', region: '', country: '' };

export function draftOf({ legalName, email, address, taxId }: BillingDetails): DetailsDraft {
  const taxKind = taxId?.kind ?? '';
  return { legalName, email, ...(address ?? noAddress), taxKind, taxValue: taxId?.value ?? '' };
}

export function toDetails(draft: DetailsDraft) {
  const { legalName, email, taxKind, taxValue, ...address } = draft;
  return {
    legalName: legalName.trim(),
    email: email.trim(),
    address: address.country === '' ? null : address,
    taxId: taxKind === '' ? null : { kind: taxKind, value: taxValue },
  };
}
