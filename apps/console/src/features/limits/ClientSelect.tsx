import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';

const offeredMax = 50;

interface ClientSelectProps {
  value: string | null;
  onChange: (client: string | null) => void;
  description?: string;
}

/** Finds a client by its name among any number of them. */
export function ClientSelect({ value, onChange, description }: ClientSelectProps) {
  const { slug: organization } = useOrganization();
  const [search, setSearch] = useState('');
  const query = useQuery(
    trpc.clients.list.queryOptions(
      { organization, limit: offeredMax, status: 'active', ...(search === '' ? {} : { q: search }) },
      { placeholderData: (previous) => previous },
    ),
  );
  return (
    <Select
      label="Client"
      description={description}
      placeholder="Name"
      data={(query.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      searchable
      onSearchChange={setSearch}
      filter={({ options }) => options}
      nothingFoundMessage="No client of this name"
    />
  );
}
