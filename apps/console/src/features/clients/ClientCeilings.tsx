import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Budget, ClientLimit } from '../../app/views.ts';
import { amountText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { percentText } from '../../components/quantity-text.ts';

/** What the organization allows each client, by client id; empty until it is known. */
export function useClientCeilings(): (client: string) => {
  limits: ClientLimit[];
  budget: Budget | undefined;
} {
  const { slug: organization, seesMoney } = useOrganization();
  const limits = useQuery(trpc.limits.clients.queryOptions({ organization }));
  const budgets = useQuery(trpc.budgets.list.queryOptions({ organization }, { enabled: seesMoney }));
  return (client) => ({
    limits: (limits.data ?? []).filter((limit) => limit.client === client),
    budget: budgets.data?.find((budget) => budget.client === client),
  });
}

interface ClientCeilingsProps {
  client: { id: string; name: string };
  limits: readonly ClientLimit[];
  budget: Budget | undefined;
}

/** The ceilings of one client in a few words, and the way to change them. */
export function ClientCeilings({ client, limits, budget }: ClientCeilingsProps) {
  const { slug } = useOrganization();
  const parts = [
    ...limits.map(({ name, percent }) => `${name} ${percent === null ? '' : percentText(percent)}`.trim()),
    ...(budget === undefined
      ? []
      : [
          `${amountText({ minor: budget.cost.amountMinor, ...currencyOf(budget) })} of ${amountText({ minor: budget.amount.amountMinor, ...currencyOf(budget) })}`,
        ]),
  ];
  return (
    <AppLink to={paths.limits(slug, { client: client.id })}>
      {parts.length === 0 ? 'Set' : parts.join(' · ')}
      <span className="mg-sr-only"> limits and budget of {client.name}</span>
    </AppLink>
  );
}

function currencyOf({ amount }: Budget) {
  return { currency: amount.currency };
}
