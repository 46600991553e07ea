import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { Invoice } from '../../app/views.ts';
import { Amount, amountText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { bridgeBars } from './bridge-bars.ts';

type Bridge = NonNullable<Invoice['bridge']>;

/** From the invoice before to this one, one step per reason. A dearer month is no success: the bars stay neutral. */
export function InvoiceBridge({ invoice, bridge }: { invoice: Invoice; bridge: Bridge }) {
  const { slug } = useOrganization();
  const { currency } = invoice;
  const { previous } = bridge;
  const bars = bridgeBars(bridge, invoice.totalMinor);
  return (
    <table className="mg-bridge">
      <caption className="mg-sr-only">What changed against the invoice before</caption>
      <tbody>
        <tr data-end>
          <th scope="row">
            <AppLink to={paths.invoice(slug, previous.id)}>{previous.number ?? 'Invoice before'}</AppLink>
          </th>
          <Bar bar={bars.previous} />
          <td>
            <Amount minor={previous.totalMinor} currency={currency} />
          </td>
        </tr>
        {bars.steps.map(({ key, label, differenceMinor, bar }) => (
          <tr key={key}>
            <th scope="row">{label}</th>
            <Bar bar={bar} />
            <td className="mg-figure">{signedText(differenceMinor, currency)}</td>
          </tr>
        ))}
        <tr data-end>
          <th scope="row">This invoice</th>
          <Bar bar={bars.current} />
          <td>
            <Amount minor={invoice.totalMinor} currency={currency} />
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function Bar({ bar }: { bar: { from: number; width: number; kind: string } }) {
  return (
    <td className="mg-bridge-bar" aria-hidden>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="presentation">
        <rect x={bar.from} width={Math.max(bar.width, 0.6)} height="8" data-kind={bar.kind} />
      </svg>
    </td>
  );
}

/** "$12.00 more than INV-0041: …" in one sentence, for the head of the block. */
export function bridgeSentence(bridge: Bridge, currency: string): string {
  const { differenceMinor, previous } = bridge;
  const than = previous.number ?? 'the invoice before';
  if (differenceMinor === '0') return `The same total as ${than}.`;
  const amount = amountText({ minor: differenceMinor.replace('-', ''), currency });
  return `${amount} ${differenceMinor.startsWith('-') ? 'less' : 'more'} than ${than}.`;
}

function signedText(minor: string, currency: string): string {
  const text = amountText({ minor, currency });
  return minor.startsWith('-') ? text : `+${text}`;
}
