import type { ReactNode } from 'react';
import type { Receipt } from '../../app/views.ts';
import { amountText } from '../../components/Amount.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { CopyText } from '../../ui/CopyText.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Facts } from '../../ui/Facts.tsx';

/** Everything that decided, as it was at that moment. */
export function DecisionDialog({ receipt, onClose }: { receipt: Receipt; onClose: () => void }) {
  const { operation, quantity, feature, decision, reason } = receipt;
  return (
    <Dialog title="Why this decision" opened onClose={onClose}>
      <div className="mg-stack">
        <p>
          {operation} {quantityText(quantity)} × <code>{feature}</code>: {decision}
          {reason === null ? '' : `, ${reason.replaceAll('_', ' ')}`}.
        </p>
        <Facts facts={[...countedFacts(receipt), ...rightsFacts(receipt), ...ownCeilings(receipt)]} />
      </div>
    </Dialog>
  );
}

type Fact = readonly [label: string, value: ReactNode];

function countedFacts({ at, client, subject, used, reserved, limit, evidence }: Receipt): Fact[] {
  return [
    ['When', <DateTime key="at" at={at} as="time" />],
    ...(client === null ? [] : [['For the client', client.name] as const]),
    ...(subject === null ? [] : [['Subject', subject] as const]),
    ['Used', quantityText(used)],
    ['Held', quantityText(reserved)],
    ['Limit', limit === null ? 'None' : quantityText(limit)],
    ...(evidence.periodStart === undefined
      ? []
      : [['Counted since', <DateTime key="since" at={evidence.periodStart} as="time" />] as const]),
  ];
}

function rightsFacts({ id, planVersion, evidence }: Receipt): Fact[] {
  const { access, onLimit, overrides = [], quantities, entitlementsAsOf } = evidence;
  return [
    ['Plan', planVersion === null ? 'None' : <code key="plan">{planVersion}</code>],
    ...(access === undefined ? [] : [['Access', access.replaceAll('_', ' ')] as const]),
    ...(onLimit == null ? [] : [['At the limit', onLimit] as const]),
    ['Exceptions', overrides.length === 0 ? 'None' : String(overrides.length)],
    ...(quantities === undefined
      ? []
      : [['Clients and seats', `${quantities.clients} and ${quantities.seats}`] as const]),
    ...(entitlementsAsOf === undefined
      ? []
      : [['Rights as of', <DateTime key="as-of" at={entitlementsAsOf} as="time" />] as const]),
    ['Receipt', <CopyText key="id" text={id} shown={`${id.slice(0, 14)}…`} />],
  ];
}

/** What the organization has set for itself. */
function ownCeilings({ evidence: { clientLimit, budgets = [] } }: Receipt): Fact[] {
  const ofClient: Fact[] =
    clientLimit === undefined
      ? []
      : [
          [
            'Limit of the client',
            `${quantityText(clientLimit.used)} used, ${quantityText(clientLimit.reserved)} held of ${quantityText(clientLimit.limit)}`,
          ],
        ];
  return [...ofClient, ...budgets.map(budgetFact)];
}

function budgetFact(budget: NonNullable<Receipt['evidence']['budgets']>[number]): Fact {
  const { client, amountMinor, costMinor, costAfterMinor, currency, onReached, isReached } = budget;
  const amount = (minor: string) => amountText({ minor, currency });
  const effect = isReached ? (onReached === 'block' ? ', refused' : ', told') : '';
  return [
    client === null ? 'Budget' : 'Budget of the client',
    `${amount(costMinor)}, then ${amount(costAfterMinor)} of ${amount(amountMinor)}${effect}`,
  ];
}
