import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Invoice, LineCase } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { CaseBadge } from './CaseBadge.tsx';
import { QuestionDialog } from './QuestionDialog.tsx';

interface LineCaseBlockProps {
  invoice: Invoice;
  lineId: string;
}

/** One question per line, and its answer: a credit note or a reasoned refusal. */
export function LineCaseBlock({ invoice, lineId }: LineCaseBlockProps) {
  const { slug: organization } = useOrganization();
  const [isAsking, setAsking] = useState(false);
  const cases = useQuery(trpc.invoices.cases.queryOptions({ organization, invoiceId: invoice.id }));
  const found = cases.data?.find((one) => one.lineId === lineId);
  if (found !== undefined) return <CaseStory found={found} currency={invoice.currency} />;
  const { allowed, reason } = invoice.can.dispute;
  return (
    <div className="mg-stack">
      <p className="mg-muted">
        Tell us what looks wrong. We check it against the events and answer with a credit note or with the
        reason why the line stands.
      </p>
      <div>
        <GuardedButton
          variant="default"
          refusal={allowed ? null : (reason ?? 'This line cannot be questioned.')}
          onClick={() => setAsking(true)}
        >
          Question this line
        </GuardedButton>
      </div>
      <QuestionDialog
        invoiceId={invoice.id}
        lineId={lineId}
        opened={isAsking}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}

function CaseStory({ found, currency }: { found: LineCase; currency: string }) {
  const { timeZone } = useOrganization();
  return (
    <div className="mg-stack">
      <div>
        <CaseBadge of={found} />
      </div>
      <ol className="mg-timeline">
        <li>
          <span>“{found.reason}”</span>
          <span className="mg-muted mg-caption">
            {found.openedBy} · <DateTime at={found.openedAt} timeZone={timeZone} as="time" />
          </span>
        </li>
        <li data-kind={found.status === 'credited' ? 'paid' : undefined}>
          {found.status === 'open' ? (
            <span className="mg-muted">We are looking at it.</span>
          ) : (
            <>
              <span>{found.resolution}</span>
              <span className="mg-muted mg-caption">
                {found.creditedMinor === null ? null : (
                  <>
                    <Amount minor={found.creditedMinor} currency={currency} /> credited ·{' '}
                  </>
                )}
                <DateTime at={found.resolvedAt} timeZone={timeZone} as="time" />
              </span>
            </>
          )}
        </li>
      </ol>
    </div>
  );
}
