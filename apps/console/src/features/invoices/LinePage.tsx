import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { LineExplanation } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PartsBlock } from '../../components/PartsBlock.tsx';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { LineCaseBlock } from './LineCaseBlock.tsx';
import { LineDays } from './LineDays.tsx';
import { LineEvents } from './LineEvents.tsx';
import { LineFormula } from './LineFormula.tsx';
import { LineProof } from './LineProof.tsx';
import './invoices.css';

/** One charge taken apart: the arithmetic, the days and clients behind it, the single events, and the proof. */
export function LinePage() {
  const { invoice: invoiceId = '', line: lineId = '' } = useParams({ strict: false });
  const { slug: organization, name } = useOrganization();
  const query = useQuery(trpc.invoices.explainLine.queryOptions({ organization, invoiceId, lineId }));
  const invoice = useQuery(trpc.invoices.get.queryOptions({ organization, invoiceId }));
  const data = query.data;
  return (
    <>
      <PageHeader
        title={data === undefined ? 'Charge' : titleOf(data)}
        context={name}
        above={
          <AppLink to={paths.invoice(organization, invoiceId)}>
            {invoice.data === undefined ? 'Invoice' : (invoice.data.number ?? 'Draft invoice')}
          </AppLink>
        }
        lead={data === undefined ? ' ' : <Lead line={data.line} />}
        actions={
          <>
            {data?.kind === 'usage' ? <EventsCsv invoiceId={invoiceId} lineId={lineId} /> : null}
            <CopyLink />
          </>
        }
      />
      <div className="mg-grid" data-align="start">
        <div data-span="8" className="mg-stack-lg">
          <Block title="How this amount was made" subject="the arithmetic" query={query}>
            {(explanation) => <LineFormula explanation={explanation} />}
          </Block>
          {data === undefined || data.kind === 'usage' ? (
            <Block title="Day by day" subject="the days" query={query} shape="chart">
              {(explanation) => <LineDays explanation={explanation} />}
            </Block>
          ) : null}
        </div>
        <div data-span="4" className="mg-stack-lg">
          <Block title="Is it right?" subject="the answer" query={invoice}>
            {(found) => <LineCaseBlock invoice={found} lineId={lineId} />}
          </Block>
          {data?.kind === 'usage' ? <LineProof line={data.line} /> : null}
        </div>
        {data?.kind === 'usage' && data.line.meter !== null && data.line.period !== null ? (
          <PartsBlock
            meter={data.line.meter}
            span={{ from: data.line.period.start, to: data.line.period.end }}
          />
        ) : null}
        {data === undefined || data.kind === 'usage' ? (
          <Block title="Latest events" subject="the events" query={query} shape="table" flush>
            {(explanation) => <LineEvents explanation={explanation} />}
          </Block>
        ) : null}
      </div>
    </>
  );
}

function Lead({ line }: { line: LineExplanation['line'] }) {
  const { timeZone } = useOrganization();
  return (
    <span className="mg-line-lead">
      <strong className="mg-line-amount">
        <Amount minor={line.amountMinor} currency={line.currency} />
      </strong>
      <span>
        {line.client === null ? null : `${line.client.name} · `}
        <PeriodLabel period={line.period} timeZone={timeZone} withZone />
      </span>
    </span>
  );
}

function EventsCsv({ invoiceId, lineId }: { invoiceId: string; lineId: string }) {
  const { slug: organization } = useOrganization();
  return (
    <Button
      component="a"
      href={paths.lineEventsCsv(organization, invoiceId, lineId)}
      download
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      Events as CSV
    </Button>
  );
}

/** Usage lines say their quantity and period again behind a colon; the lead has both in the reader's words. */
function titleOf({ line, kind }: LineExplanation): string {
  return kind === 'usage' ? (line.description.split(': ', 1)[0] ?? line.description) : line.description;
}
