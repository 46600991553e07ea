import type { StaffRole } from '@metergate/core';
import type { Container } from '../container.ts';

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
}
