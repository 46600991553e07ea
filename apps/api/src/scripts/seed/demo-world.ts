import type { Actor, OrganizationId } from '@metergate/core';
import type { Container } from '../../container.ts';
import type { Person, StaffPerson } from './demo-people.ts';
import type { EmulatorControl } from './emulator-control.ts';
import type { DemoOrganization } from './story.ts';

/** What the seeding works on, and who acts in it. */
export interface DemoWorld {
  container: Container;
  emulator: EmulatorControl;
  /** The present moment, where the simulated months end. */
  today: Date;
  owners: ReadonlyMap<DemoOrganization['owner'], Person>;
  staff: StaffPerson;
  organizations: Map<string, Tenant>;
}

/** An organization that exists by now. */
export interface Tenant {
  organizationId: OrganizationId;
  plot: DemoOrganization;
  owner: Extract<Actor, { kind: 'member' }>;
  /** Names of active clients by the platform's own id. */
  clients: Map<string, string>;
}
