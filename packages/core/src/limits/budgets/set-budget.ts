import type { Actor } from '../../shared/actor.ts';
import { actorText } from '../../shared/actor-text.ts';
import { authorize } from '../../shared/authorize.ts';
import { type ClientId, notFound, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { findClient } from '../client-limits/find-client.ts';
import type { Budget } from './budget.ts';
import { budgetAboveOrganization, budgetBelowClient } from './budgets.errors.ts';
import type { BudgetRepository, BudgetTx } from './budgets.ports.ts';
import type { BudgetView, SetBudgetInput } from './budgets.schemas.ts';
import { type BudgetReadingDeps, listBudgets } from './list-budgets.ts';

interface BudgetRequest {
  actor: Actor;
  organizationId: OrganizationId;
  /** Our id or the platform's own; null = the organization as a whole. */
  client: string | null;
}

type Deps = Omit<BudgetReadingDeps, 'unitOfWork'> & { unitOfWork: UnitOfWork<BudgetTx> };
const policy = { members: ['owner', 'admin'], scope: 'billing:write' } as const;

/**
 * Sets what may be spent on usage in a period, by the organization or for one client. It counts from the begin of
 * the running period on; what is beyond it already stays, and with `block` the next request that costs is refused.
 * @throws NOT_FOUND (the client), BUDGET_ABOVE_ORGANIZATION, BUDGET_BELOW_CLIENT
 */
export async function setBudget(
  deps: Deps,
  { actor, organizationId, client, input }: BudgetRequest & { input: SetBudgetInput },
): Promise<BudgetView> {
  authorize(actor, policy);
  const setAt = deps.clock.now();
  const clientId = await deps.unitOfWork.run(organizationId, async (tx) => {
    // Two changes that are right by themselves could otherwise leave a client above the organization.
    const organization = await tx.organizations.lock(organizationId);
    if (organization === undefined) throw notFound('organization');
    const budget: Budget = {
      clientId: client === null ? null : (await findClient(tx, organizationId, client)).id,
      amountMinor: BigInt(input.amountMinor),
      currency: organization.currency,
      period: input.period,
      onReached: input.onReached,
      thresholds: [...new Set(input.thresholds)].toSorted((a, b) => a - b),
    };
    await requireNested(tx.budgets, organizationId, budget);
    const before = await tx.budgets.find(organizationId, budget.clientId);
    await tx.budgets.put(organizationId, { ...budget, setBy: actorText(actor), setAt });
    await tx.audit.append({
      organizationId,
      actor,
      action: 'budget.set',
      target: targetOf(organizationId, budget.clientId),
      ...(before === undefined ? {} : { before: content(before) }),
      after: content(budget),
    });
    return budget.clientId;
  });
  return await viewOf(deps, organizationId, clientId);
}

/** Takes a budget away; when there is none nothing changes. @throws NOT_FOUND (the client) */
export async function removeBudget(
  deps: { unitOfWork: UnitOfWork<BudgetTx> },
  { actor, organizationId, client }: BudgetRequest,
): Promise<void> {
  authorize(actor, policy);
  await deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.organizations.lock(organizationId);
    const clientId = client === null ? null : (await findClient(tx, organizationId, client)).id;
    const before = await tx.budgets.find(organizationId, clientId);
    if (before === undefined) return;
    await tx.budgets.remove(organizationId, clientId);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'budget.removed',
      target: targetOf(organizationId, clientId),
      before: content(before),
    });
  });
}

async function requireNested(
  budgets: BudgetRepository,
  organizationId: OrganizationId,
  { clientId, amountMinor }: Budget,
): Promise<void> {
  if (clientId === null) {
    const largest = await budgets.largestOfClients(organizationId);
    if (largest > amountMinor) throw budgetBelowClient(largest);
    return;
  }
  const own = await budgets.find(organizationId, null);
  if (own !== undefined && amountMinor > own.amountMinor) throw budgetAboveOrganization(own.amountMinor);
}

async function viewOf(deps: Deps, organizationId: OrganizationId, clientId: ClientId | null) {
  const client = clientId === null ? null : toPublicId('client', clientId);
  const view = (await listBudgets(deps, { organizationId })).find((budget) => budget.client === client);
  if (view === undefined) throw notFound('budget');
  return view;
}

function targetOf(organizationId: OrganizationId, clientId: ClientId | null) {
  return clientId === null
    ? { kind: 'organization', id: toPublicId('organization', organizationId) }
    : { kind: 'client', id: toPublicId('client', clientId) };
}

function content({ amountMinor, currency, period, onReached, thresholds }: Budget) {
  return { amountMinor: amountMinor.toString(), currency, period, onReached, thresholds };
}
