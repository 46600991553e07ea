import type { SettleMessageDeps } from '@metergate/core/admin/outbox/outbox.ports';
import { createOutboxDirectory } from '@metergate/db';
import type { Container } from '../container.ts';

export function outboxDeps({ database, platformUnitOfWork, clock, wake }: Container): SettleMessageDeps {
  return { outboxMessages: createOutboxDirectory(database.platform), platformUnitOfWork, clock, wake };
}
