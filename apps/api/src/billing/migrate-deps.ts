import type { MigrateDeps } from '@metergate/core/payments/migrate/migrate.ports';
import { createSubscriberDirectory } from '@metergate/db';
import type { Container } from '../container.ts';

/** What moving subscribers to a new version of their plan needs, taken from the container. */
export function migrateDeps({ unitOfWork, clock, catalog, database }: Container): MigrateDeps {
  const subscribers = createSubscriberDirectory(database.platform);
  return { unitOfWork, clock, families: [...catalog.values()], subscribers };
}
