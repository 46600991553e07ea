export const counterLockClass = 0x6d67;
/** Organizations share 64 locks, so that a batch of 1 000 organizations takes 64 and not 1 000. */
const lockPartitions = 64;

/** Waits until nobody adds usage of any organization, and lets nobody until the transaction ends. */
export const lockOutUsage = `
select pg_advisory_xact_lock(${counterLockClass}, partition) from generate_series(0, ${lockPartitions - 1}) as partition`;

/** The advisory lock that everybody who adds usage of the organization holds shared. */
export function counterLock(organizationId: string): { lockClass: number; partition: number } {
  return {
    lockClass: counterLockClass,
    partition: Number.parseInt(organizationId.slice(-4), 16) % lockPartitions,
  };
}
