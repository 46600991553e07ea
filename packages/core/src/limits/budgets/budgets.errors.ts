import { AppError } from '../../shared/app-error.ts';

/** A client's budget lies within the organization's; both amounts are for the caller to see. */
export function budgetAboveOrganization(organizationMinor: bigint): AppError {
  return new AppError({
    code: 'BUDGET_ABOVE_ORGANIZATION',
    kind: 'conflict',
    message: 'a budget of a client is larger than the budget of the organization',
    userMessage: 'A client cannot have a larger budget than the organization as a whole.',
    context: { organizationAmountMinor: organizationMinor.toString() },
    exposeContext: true,
  });
}

export function budgetBelowClient(largestMinor: bigint): AppError {
  return new AppError({
    code: 'BUDGET_BELOW_CLIENT',
    kind: 'conflict',
    message: 'the budget of the organization is smaller than the budget of a client',
    userMessage: 'A client has a larger budget than this. Lower the budgets of clients first.',
    context: { largestClientAmountMinor: largestMinor.toString() },
    exposeContext: true,
  });
}
