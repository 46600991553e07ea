import { Button } from '@mantine/core';
import { IconDownload, IconExternalLink } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs, queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Invoice } from '../../app/views.ts';
import { amountText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { dateText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { bridgeSentence, InvoiceBridge } from './InvoiceBridge.tsx';
import { InvoiceLines } from './InvoiceLines.tsx';
import { InvoiceSummary } from './InvoiceSummary.tsx';
import { InvoiceTimeline } from './InvoiceTimeline.tsx';
import './invoices.css';

export function InvoicePage() {
  const { invoice: invoiceId = '' } = useParams({ strict: false });
  const { slug: organization, name } = useOrganization();
  const query = useQuery(
    trpc.invoices.get.queryOptions({ organization, invoiceId }, { refetchInterval: liveIntervalMs }),
  );
  const invoice = query.data;
  return (
    <>
      <PageHeader
        title={invoice === undefined ? 'Invoice' : (invoice.number ?? 'Draft invoice')}
        context={name}
        above={<AppLink to={paths.invoices(organization)}>Invoices</AppLink>}
        lead={
          invoice === undefined ? (
            ' '
          ) : (
            <StatusBadge status={invoice.isPastDue ? 'past_due' : invoice.status} />
          )
        }
        actions={invoice === undefined ? undefined : <Actions invoice={invoice} />}
      />
      {invoice?.lastFailure === null || invoice === undefined ? null : (
        <LastFailure invoice={invoice} failure={invoice.lastFailure} />
      )}
      <div className="mg-grid" data-align="start">
        <div data-span="8" className="mg-stack-lg">
          <Block title="Lines" subject="the lines" query={query} shape="table" flush>
            {(data) => <InvoiceLines invoice={data} />}
          </Block>
          {invoice === undefined || invoice.bridge === null ? null : (
            <BridgeBlock query={query} bridge={invoice.bridge} />
          )}
        </div>
        <div data-span="4" className="mg-stack-lg">
          <Block title="Summary" subject="the invoice" query={query}>
            {(data) => <InvoiceSummary invoice={data} />}
          </Block>
          <Block title="Timeline" subject="the timeline" query={query}>
            {(data) => <InvoiceTimeline invoice={data} />}
          </Block>
        </div>
      </div>
    </>
  );
}

function Actions({ invoice }: { invoice: Invoice }) {
  const { slug: organization } = useOrganization();
  const pay = useMutation(
    trpc.invoices.pay.mutationOptions({ onSettled: () => queryClient.invalidateQueries() }),
  );
  const owes = invoice.status === 'open';
  return (
    <>
      {pay.error === null ? null : (
        <span role="alert" className="mg-field-error">
          {showError(pay.error).text}
        </span>
      )}
      {pay.isSuccess && pay.data.status !== 'paid' ? <span role="status">Applying…</span> : null}
      {invoice.hostedUrl === null || !owes ? null : (
        <Button
          component="a"
          href={invoice.hostedUrl}
          variant="default"
          rightSection={<IconExternalLink size={16} aria-hidden />}
        >
          Other ways to pay
        </Button>
      )}
      {invoice.can.download.allowed ? (
        <Button
          component="a"
          href={paths.invoicePdf(organization, invoice.id)}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          PDF
        </Button>
      ) : null}
      {owes ? (
        <GuardedButton
          refusal={invoice.can.pay.allowed ? null : (invoice.can.pay.reason ?? 'Not payable right now.')}
          loading={pay.isPending}
          onClick={() => pay.mutate({ organization, invoiceId: invoice.id })}
        >
          Pay {amountText({ minor: invoice.amountRemainingMinor, currency: invoice.currency })}
        </GuardedButton>
      ) : null}
    </>
  );
}

function BridgeBlock({
  query,
  bridge,
}: {
  query: BlockQuery<Invoice>;
  bridge: NonNullable<Invoice['bridge']>;
}) {
  return (
    <Block title="Why it differs from the one before" subject="the comparison" query={query}>
      {(invoice) => (
        <div className="mg-stack">
          <p className="mg-figure">{bridgeSentence(bridge, invoice.currency)}</p>
          <InvoiceBridge invoice={invoice} bridge={bridge} />
        </div>
      )}
    </Block>
  );
}

function LastFailure({
  invoice,
  failure,
}: {
  invoice: Invoice;
  failure: NonNullable<Invoice['lastFailure']>;
}) {
  const { slug, timeZone } = useOrganization();
  if (invoice.status !== 'open') return null;
  return (
    <div className="mg-notices">
      <Notice tone="danger" action={<AppLink to={paths.paymentMethods(slug)}>Update card</AppLink>}>
        {failure.message}
        {invoice.nextAttemptAt === null
          ? ''
          : ` We try again on ${dateText(invoice.nextAttemptAt, timeZone)}.`}
      </Notice>
    </div>
  );
}
