import { TextInput } from '@mantine/core';

interface OrganizationFilterProps {
  /** Slug or id; empty = every organization. */
  value: string;
  onChange: (value: string) => void;
}

export function OrganizationFilter({ value, onChange }: OrganizationFilterProps) {
  return (
    <TextInput
      className="mg-grow"
      type="search"
      label="Organization"
      placeholder="Slug or id"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
    />
  );
}
