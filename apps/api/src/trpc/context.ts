import type { StaffRole } from '@metergate/core';
import type { Container } from '../container.ts';
import type { Logger } from '../logging/logger.ts';

/** The signed-in person of a request, before any organization is known. */
export interface SessionUser {
  id: string;
  name: string;
  email: string;
  staffRole: StaffRole | null;
  sessionId: string;
}

export interface RequestContext {
  container: Container;
  requestId: string;
  user: SessionUser | null;
  /** Network address of the caller; rate limits of nobody in particular count by it. */
  address: string;
  log: Logger;
}
