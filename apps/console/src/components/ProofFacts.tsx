import type { UsageProof } from '../app/views.ts';
import { Facts } from '../ui/Facts.tsx';
import { Amount } from './Amount.tsx';
import { quantityText } from './quantity-text.ts';
import { StatusBadge } from './StatusBadge.tsx';

export const verdictWords = {
  equal: 'All equal',
  open: 'Last part on the next invoice',
  different: 'They differ',
} as const;

export const toldWords = {
  stripe: 'Counted by Stripe',
  reports: 'Reported to Stripe',
  billing: 'Rated here',
} as const;

/** What Stripe took and then did not count, with its reason: it explains what is missing there. */
export function Refusals({ proof }: { proof: Pick<UsageProof, 'refusals'> }) {
  return proof.refusals.map(({ reason, quantity }) => (
    <p key={reason} className="mg-muted mg-caption">
      {quantityText(quantity)} refused by Stripe: {reason}
    </p>
  ));
}

/** The four sums of one closed period side by side, with what follows from them. */
export function ProofFacts({ proof }: { proof: UsageProof }) {
  return (
    <div className="mg-stack">
      <StatusBadge status={`proof_${proof.verdict}`} word={verdictWords[proof.verdict]} />
      <Refusals proof={proof} />
      <Facts
        facts={[
          ['Sum of the single events', quantityText(proof.eventsQuantity)],
          ['Stored totals', quantityText(proof.bucketsQuantity)],
          [toldWords[proof.toldSource], quantityText(proof.toldQuantity)],
          ['On invoice lines', quantityText(proof.billedQuantity)],
          ['Billed', <Amount key="b" minor={proof.billedMinor} currency={proof.currency} />],
          ['Found on invoices', <Amount key="i" minor={proof.invoicedMinor} currency={proof.currency} />],
        ]}
      />
    </div>
  );
}
