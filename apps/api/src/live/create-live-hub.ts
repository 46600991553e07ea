import { announceUsage, listAdmitted, listen } from '@metergate/db/metering';
import type { Container } from '../container.ts';
import type { TouchedTotals } from '../usage/touched-totals.ts';
import { LiveHub } from './live-hub.ts';

type Parts = Pick<Container, 'database' | 'clock' | 'log' | 'lifecycle'> & { touched: TouchedTotals };

export function createLiveHub({ database, clock, log, lifecycle, touched }: Parts): LiveHub {
  const hub = new LiveHub({
    log,
    listen: (handlers) => listen(database.auth, 'live', handlers),
    listAdmitted: (visitors) => listAdmitted(database.auth, visitors, clock.now()),
    announceUsage: (organizationIds) => announceUsage(database.ingest, organizationIds),
  });
  touched.onAdd((organizationId) => hub.usageMoved(organizationId));
  // Together with the server, which otherwise waits two seconds for streams that never end by themselves.
  lifecycle.onDrain('live', () => hub.close());
  return hub;
}
