import { useMutation } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { OwnPrice } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

interface ApplyPricesNowProps {
  organization: string;
  prices: readonly OwnPrice[];
  refusal: string | null;
}

/** Where what is agreed differs from what the running period is charged: a quoted change like any other. */
export function ApplyPricesNow({ organization, prices, refusal }: ApplyPricesNowProps) {
  const waiting = prices.filter(({ running }) => running?.isDifferent === true);
  const families = [...new Set(waiting.map(({ family }) => family))];
  return families.map((family) => (
    <ApplyToFamily key={family} organization={organization} family={family} refusal={refusal} />
  ));
}

interface ApplyToFamilyProps {
  organization: string;
  family: string;
  refusal: string | null;
}

function ApplyToFamily({ organization, family, refusal }: ApplyToFamilyProps) {
  const quote = useMutation(trpc.admin.ownPrices.quoteNow.mutationOptions());
  const apply = useMutation(
    trpc.admin.ownPrices.applyNow.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        quote.reset();
      },
    }),
  );
  return (
    <div className="mg-row mg-row-between mg-own-now">
      <span className="mg-muted">What is agreed on {family} counts from the next renewal on.</span>
      <GuardedButton
        size="compact-sm"
        variant="default"
        refusal={refusal}
        loading={quote.isPending}
        onClick={() => quote.mutate({ organization, family })}
      >
        Charge it from now on
      </GuardedButton>
      {quote.error === null ? null : (
        <p className="mg-field-error" role="alert">
          {showError(quote.error).text}
        </p>
      )}
      {quote.data === undefined ? null : (
        <ReasonDialog
          title="Charge the agreed prices from now on"
          opened
          onClose={() => quote.reset()}
          confirmLabel="Charge from now on"
          isPending={apply.isPending}
          error={apply.error === null ? null : showError(apply.error)}
          onConfirm={(reason) => apply.mutate({ organization, quoteId: quote.data.id, reason })}
        >
          <ul className="mg-plain-list">
            {quote.data.lines.map((line) => (
              <li key={line.description} className="mg-row mg-row-between">
                <span>{line.description}</span>
                <Amount minor={line.amountMinor} currency={quote.data.currency} />
              </li>
            ))}
          </ul>
          <p>
            Due now: <Amount minor={quote.data.dueNowMinor} currency={quote.data.currency} />. A credit is
            taken off the next invoice.
          </p>
        </ReasonDialog>
      )}
    </div>
  );
}
