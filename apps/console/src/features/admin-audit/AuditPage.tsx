import { TextInput } from '@mantine/core';
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { readerLocale } from '../../app/locale.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import { AuditTable } from '../../components/AuditTable.tsx';
import { NothingListed } from '../../components/NothingListed.tsx';
import { OrganizationFilter } from '../../components/OrganizationFilter.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { Pager } from '../../ui/Pager.tsx';

const defaults = { action: '', org: '', cursor: '' };

export function AuditPage() {
  const { values, set } = useUrlState(defaults);
  const query = useQuery(
    trpc.admin.audit.list.queryOptions(
      {
        ...(values.action === '' ? {} : { action: values.action }),
        ...(values.org === '' ? {} : { organization: values.org }),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { placeholderData: (previous) => previous },
    ),
  );
  const isFiltered = values.action !== '' || values.org !== '';
  return (
    <>
      <PageHeader title="Audit" context="Admin" lead={<Verified />} actions={<CopyLink />} />
      <Block title="Audit log" subject="the audit log" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            <div className="mg-filters mg-filters-top">
              <TextInput
                className="mg-grow"
                type="search"
                label="Action"
                placeholder="flag.saved"
                value={values.action}
                onChange={(event) => set({ action: event.currentTarget.value.trim(), cursor: '' }, 'replace')}
              />
              <OrganizationFilter
                value={values.org}
                onChange={(org) => set({ org, cursor: '' }, 'replace')}
              />
            </div>
            {page.items.length === 0 ? (
              <NothingListed
                isFiltered={isFiltered}
                filtered="No entry matches"
                never="Nothing has been recorded yet"
                onClear={() => set({ action: '', org: '', cursor: '' })}
              />
            ) : (
              <AuditTable rows={page.items} isStaffView />
            )}
            <Pager
              cursor={values.cursor}
              nextCursor={page.nextCursor}
              onCursor={(cursor) => set({ cursor })}
            />
          </>
        )}
      </Block>
    </>
  );
}

/** Every row names the hash of the one before; the server walks the whole chain. */
function Verified() {
  const query = useQuery(trpc.admin.audit.verify.queryOptions(undefined, { staleTime: 60_000 }));
  if (query.data === undefined)
    return (
      <span>{query.isError ? 'The chain could not be verified just now.' : 'Verifying the chain…'}</span>
    );
  const { valid, rows, chains, firstBad } = query.data;
  const number = new Intl.NumberFormat(readerLocale());
  const Icon = valid ? IconShieldCheck : IconShieldX;
  return (
    <span className="mg-badge" data-tone={valid ? 'ok' : 'danger'}>
      <Icon size={14} aria-hidden />
      {valid
        ? `Verified: ${number.format(rows)} rows in ${number.format(chains)} chains`
        : `Broken at ${firstBad ?? 'an unknown row'}`}
    </span>
  );
}
