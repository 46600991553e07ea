import { Amount } from './Amount.tsx';

/** Monthly recurring revenue, one amount per currency and never added up. */
export function Mrr({ mrr }: { mrr: readonly { currency: string; amountMinor: string }[] }) {
  if (mrr.length === 0) return <span className="mg-muted">—</span>;
  return (
    <span className="mg-cell-two">
      {mrr.map((entry) => (
        <Amount
          key={entry.currency}
          minor={entry.amountMinor}
          currency={entry.currency}
          withCode={mrr.length > 1}
        />
      ))}
    </span>
  );
}
