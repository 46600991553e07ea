import { Select, TextInput } from '@mantine/core';
import { readerLocale } from '../../app/locale.ts';
import { countryCodes } from './country-codes.ts';
import type { DetailsDraft } from './details-draft.ts';

interface AddressFieldsProps {
  draft: DetailsDraft;
  onChange: (part: Partial<DetailsDraft>) => void;
  disabled: boolean;
}

/** An address is whole or absent: without a country there is none. */
export function AddressFields({ draft, onChange, disabled }: AddressFieldsProps) {
  const field = (
    key: 'line1' | 'line2' | 'postalCode' | 'city' | 'region',
    label: string,
    autoComplete: string,
  ) => (
    <TextInput
      key={key}
      label={label}
      autoComplete={autoComplete}
      value={draft[key]}
      onChange={(event) => onChange({ [key]: event.currentTarget.value })}
      maxLength={200}
      required={key === 'line1' && draft.country !== ''}
      withAsterisk={false}
      disabled={disabled}
    />
  );
  return (
    <>
      <Select
        label="Country"
        placeholder="No address"
        data={countryChoices()}
        value={draft.country === '' ? null : draft.country}
        onChange={(value) => onChange({ country: value ?? '' })}
        clearable
        searchable
        limit={50}
        disabled={disabled}
      />
      {draft.country === '' ? null : (
        <>
          {field('line1', 'Street and number', 'address-line1')}
          {field('line2', 'Building, floor (optional)', 'address-line2')}
          <div className="mg-fields-two">
            {field('postalCode', 'Postal code', 'postal-code')}
            {field('city', 'City', 'address-level2')}
          </div>
          {field('region', 'State or region (optional)', 'address-level1')}
        </>
      )}
    </>
  );
}

function countryChoices(): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(readerLocale(), { type: 'region' });
  return countryCodes
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((left, right) => left.label.localeCompare(right.label));
}
