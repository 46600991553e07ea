import { applicationRoles } from '@metergate/db';
import type { Container } from '../../container.ts';

/**
 * Commits of this process do not wait for the disk: a demo that was interrupted is thrown away and made again. What
 * marks it as done waits as usual, and with it everything written before is on the disk. For connections opened later.
 */
export function writeWithoutWaiting({ database }: Pick<Container, 'database'>): void {
  for (const role of applicationRoles) {
    const { options } = database[role];
    options.options = `${options.options ?? ''} -c synchronous_commit=off`;
  }
}
