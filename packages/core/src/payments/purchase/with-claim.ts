import type { OrganizationId } from '../../shared/ids.ts';
import { purchaseInProgress } from './purchase.errors.ts';
import type { PurchaseDeps } from './purchase.ports.ts';

/** Longer than Stripe may take to answer, short enough that a killed process blocks nobody for long. */
const leaseSeconds = 60;

export interface ClaimRequest {
  organizationId: OrganizationId;
  family: string;
  /** Says of a failure that what was asked for may still happen: the next claim then has the same `attempt`. */
  isOpenEnd?: (error: unknown) => boolean;
}

/**
 * Runs `work` as the only purchase or change of the family: double clicks, two tabs and two admins meet here.
 * `attempt` grows with every claim, so keys made from it are new after a decline and stable within one attempt.
 * @throws PURCHASE_IN_PROGRESS while another one holds the family.
 */
export async function withPurchaseClaim<T>(
  deps: Pick<PurchaseDeps, 'unitOfWork' | 'clock' | 'ids'>,
  { organizationId, family, isOpenEnd }: ClaimRequest,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  const holder = deps.ids.next();
  const attempt = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.purchaseClaims.claim(organizationId, { family, holder, now: deps.clock.now(), leaseSeconds }),
  );
  if (attempt === null) throw purchaseInProgress();
  let isOpen = false;
  try {
    return await work(attempt);
  } catch (error) {
    isOpen = isOpenEnd?.(error) ?? false;
    throw error;
  } finally {
    await deps.unitOfWork.run(organizationId, (tx) =>
      tx.purchaseClaims.release(organizationId, { family, holder, isOpen }),
    );
  }
}
