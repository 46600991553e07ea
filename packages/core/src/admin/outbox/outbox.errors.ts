import { AppError } from '../../shared/app-error.ts';
import type { OutboxStatus } from './outbox.schemas.ts';

export function messageNotDead(status: OutboxStatus): AppError {
  return new AppError({
    code: 'MESSAGE_NOT_DEAD',
    kind: 'conflict',
    message: `the message is ${status}`,
    userMessage: 'Only a message that was given up can be sent again or dismissed.',
  });
}

export function messageObsolete(obstacle: string): AppError {
  return new AppError({
    code: 'MESSAGE_OBSOLETE',
    kind: 'conflict',
    message: obstacle,
    userMessage: obstacle,
  });
}
