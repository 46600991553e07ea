import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { offerDownload } from '../../app/offer-download.ts';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { InvoiceRow, InvoicesInput } from '../../app/views.ts';
import { invoicesCsv } from './invoices-csv.ts';

const pageSize = 100;
const pagesMax = 100;

/** Every row of the list with the same filters, not only the page on the screen. */
export function ExportButton({ filter, name }: { filter: InvoicesInput; name: string }) {
  const exporting = useMutation({
    mutationFn: async () => offerDownload(invoicesCsv(await allRows(filter)), `invoices-${name}.csv`),
  });
  return (
    <>
      {exporting.error === null ? null : (
        <span role="alert" className="mg-field-error">
          {showError(exporting.error).text}
        </span>
      )}
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={exporting.isPending}
        onClick={() => exporting.mutate()}
      >
        Export CSV
      </Button>
    </>
  );
}

async function allRows(filter: InvoicesInput): Promise<InvoiceRow[]> {
  const rows: InvoiceRow[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const input: InvoicesInput = { ...filter, limit: pageSize, ...(cursor === null ? {} : { cursor }) };
    const answer = await queryClient.fetchQuery(trpc.invoices.list.queryOptions(input));
    rows.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return rows;
}
