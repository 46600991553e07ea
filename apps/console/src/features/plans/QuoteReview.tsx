import { IconAlertTriangle, IconCalendar, IconCreditCard, IconMinus, IconPlus } from '@tabler/icons-react';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { PaymentMethod, Quote } from '../../app/views.ts';
import { Amount, amountText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { dateText } from '../../components/date-text.ts';

interface QuoteReviewProps {
  quote: Quote;
  card: PaymentMethod | undefined;
  timeZone: string;
}

export function QuoteReview({ quote, card, timeZone }: QuoteReviewProps) {
  return (
    <div className="mg-grid">
      <div data-span="6">
        <section className="mg-block" aria-labelledby="you-pay">
          <div className="mg-block-head">
            <h2 id="you-pay">You pay now</h2>
          </div>
          <div className="mg-block-body">
            <table className="mg-lines">
              <caption className="mg-sr-only">Lines of the quote</caption>
              <tbody>
                {quote.lines.map((line) => (
                  <tr key={`${line.description} ${line.amountMinor}`}>
                    <td>{line.description}</td>
                    <td>
                      <Amount minor={line.amountMinor} currency={quote.currency} />
                    </td>
                  </tr>
                ))}
                {quote.lines.length === 0 ? (
                  <tr>
                    <td className="mg-muted" colSpan={2}>
                      Nothing is charged now.
                    </td>
                  </tr>
                ) : null}
              </tbody>
              <tfoot>
                <tr>
                  <td>Due now</td>
                  <td>
                    <Amount minor={quote.dueNowMinor} currency={quote.currency} />
                  </td>
                </tr>
              </tfoot>
            </table>
          </div>
        </section>
      </div>
      <div data-span="6">
        <section className="mg-block" aria-labelledby="what-changes">
          <div className="mg-block-head">
            <h2 id="what-changes">What changes</h2>
          </div>
          <div className="mg-block-body">
            <Changes quote={quote} card={card} timeZone={timeZone} />
          </div>
        </section>
      </div>
    </div>
  );
}

function Changes({ quote, card, timeZone }: QuoteReviewProps) {
  const { slug } = useOrganization();
  const { nextInvoice } = quote;
  return (
    <ul className="mg-changes">
      {quote.conflicts.map((conflict) => (
        <li key={conflict.code} className="mg-tone-danger">
          <IconAlertTriangle size={18} aria-label="Conflict" />
          <span>
            {conflict.message}{' '}
            {conflict.code.startsWith('CLIENT') ? (
              <AppLink to={paths.clients(slug)}>Choose clients</AppLink>
            ) : null}
          </span>
        </li>
      ))}
      {quote.gains.map((gain) => (
        <li key={gain}>
          <IconPlus size={18} className="mg-tone-ok" aria-label="Gained" />
          {gain}
        </li>
      ))}
      {quote.losses.map((loss) => (
        <li key={loss}>
          <IconMinus size={18} className="mg-tone-warn" aria-label="Lost" />
          {loss}
        </li>
      ))}
      {quote.losses.length === 0 ? (
        <li className="mg-muted">
          <IconMinus size={18} aria-hidden />
          Nothing is lost
        </li>
      ) : null}
      <li>
        <IconCalendar size={18} aria-hidden />
        <span>
          {quote.at === 'now' ? 'Starts at once' : `Starts ${dateText(quote.effectiveAt, timeZone)}`}
          {nextInvoice === null
            ? ''
            : `; next invoice ${dateText(nextInvoice.at, timeZone)}: ${amountText({ minor: nextInvoice.amountMinor, currency: quote.currency })} + usage`}
        </span>
      </li>
      {card === undefined ? null : (
        <li>
          <IconCreditCard size={18} aria-hidden />
          <span>
            {card.brand.charAt(0).toUpperCase() + card.brand.slice(1)} ending {card.last4}{' '}
            <AppLink to={paths.paymentMethods(slug)}>Change</AppLink>
          </span>
        </li>
      )}
    </ul>
  );
}
