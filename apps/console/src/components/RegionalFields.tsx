import { Select } from '@mantine/core';
import { currencies, timeZones } from './regional-choices.ts';

interface RegionalFieldsProps {
  currency: string;
  onCurrency: (currency: string) => void;
  timeZone: string;
  onTimeZone: (timeZone: string) => void;
}

/** What a new organization is billed in and when its days begin. */
export function RegionalFields({ currency, onCurrency, timeZone, onTimeZone }: RegionalFieldsProps) {
  return (
    <>
      <Select
        label="Currency"
        description="Invoices are written in it. It cannot be changed after the first invoice."
        data={currencies}
        value={currency}
        onChange={(value) => onCurrency(value ?? currency)}
      />
      <Select
        label="Time zone"
        description="Days in graphs begin at midnight here. It can be changed later."
        data={timeZones(timeZone)}
        value={timeZone}
        onChange={(value) => onTimeZone(value ?? timeZone)}
        searchable
        limit={50}
      />
    </>
  );
}
