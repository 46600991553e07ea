import { Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { BillingDetails } from '../../app/views.ts';
import { SaveRow } from '../../ui/SaveRow.tsx';
import { AddressFields } from './AddressFields.tsx';
import { type DetailsDraft, draftOf, toDetails } from './details-draft.ts';
import { taxIdChoices } from './tax-id-choices.ts';

interface BillingDetailsFormProps {
  details: BillingDetails;
  /** Why nothing can be changed; null = it can. */
  refusal: string | null;
}

export function BillingDetailsForm({ details, refusal }: BillingDetailsFormProps) {
  const { slug: organization } = useOrganization();
  const [draft, setDraft] = useState(() => draftOf(details));
  const save = useMutation(
    trpc.payments.changeDetails.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }),
  );
  const change = (part: Partial<DetailsDraft>) => setDraft({ ...draft, ...part });
  const isReadOnly = refusal !== null;
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate({ organization, details: toDetails(draft) });
  }
  return (
    <form className="mg-stack mg-measure" onSubmit={submit}>
      {refusal === null ? null : <p className="mg-muted">{refusal}</p>}
      <TextInput
        label="Legal name"
        autoComplete="organization"
        value={draft.legalName}
        onChange={(event) => change({ legalName: event.currentTarget.value })}
        maxLength={200}
        required
        withAsterisk={false}
        disabled={isReadOnly}
      />
      <TextInput
        label="Invoice e-mail"
        description="Invoices go here; notices about payments too."
        type="email"
        autoComplete="email"
        value={draft.email}
        onChange={(event) => change({ email: event.currentTarget.value })}
        required
        withAsterisk={false}
        disabled={isReadOnly}
      />
      <AddressFields draft={draft} onChange={change} disabled={isReadOnly} />
      <TaxFields draft={draft} onChange={change} disabled={isReadOnly} />
      <SaveRow
        error={save.error === null ? null : showError(save.error)}
        isPending={save.isPending}
        isSaved={save.isSuccess}
        isDisabled={isReadOnly}
      />
    </form>
  );
}

interface TaxFieldsProps {
  draft: DetailsDraft;
  onChange: (part: Partial<DetailsDraft>) => void;
  disabled: boolean;
}

function TaxFields({ draft, onChange, disabled }: TaxFieldsProps) {
  return (
    <div className="mg-fields-two">
      <Select
        label="Tax id"
        placeholder="None"
        data={taxIdChoices}
        value={draft.taxKind === '' ? null : draft.taxKind}
        onChange={(value) => onChange({ taxKind: value ?? '' })}
        clearable
        searchable
        disabled={disabled}
      />
      {draft.taxKind === '' ? null : (
        <TextInput
          label="Number"
          value={draft.taxValue}
          onChange={(event) => onChange({ taxValue: event.currentTarget.value })}
          maxLength={60}
          required
          withAsterisk={false}
          disabled={disabled}
        />
      )}
    </div>
  );
}
