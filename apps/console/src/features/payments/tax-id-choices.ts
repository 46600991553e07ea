import { taxIdKinds } from '@metergate/core/payments/details/tax-id';

export const taxIdChoices: { value: string; label: string }[] = Object.entries(taxIdKinds).map(
  ([value, { label }]) => ({ value, label }),
);
