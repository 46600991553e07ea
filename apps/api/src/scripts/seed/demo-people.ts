import type { Actor, OrganizationId } from '@metergate/core';
import { acceptInvitation, inviteMember, toPublicId } from '@metergate/core';
import type { Container } from '../../container.ts';
import { organizationDeps } from '../../organizations/organization-deps.ts';

/** The start prints it beside the three sign-ins. */
const password = 'demo-metergate';

export interface Person {
  userId: string;
  email: string;
}
export type StaffPerson = Extract<Actor, { kind: 'staff' }>;

export async function signUpPerson(
  { signIn }: Pick<Container, 'signIn'>,
  name: string,
  email: string,
): Promise<Person> {
  const { user } = await signIn.api.signUpEmail({ body: { name, email, password } });
  return { userId: user.id, email };
}

/** Staff rights come with an entry in the platform's audit log, as every change of a role. */
export async function signUpStaff(container: Container, name: string, email: string): Promise<StaffPerson> {
  const { userId } = await signUpPerson(container, name, email);
  const role = 'super_admin';
  const { internalAdapter } = await container.signIn.$context;
  await internalAdapter.updateUser(userId, { platformRole: role });
  await container.platformUnitOfWork.run((tx) =>
    tx.audit.append({
      organizationId: null,
      actor: { kind: 'job', name: 'demo' },
      action: 'staff.role_granted',
      target: { kind: 'user', id: userId },
      after: { role },
    }),
  );
  return { kind: 'staff', userId, email, role };
}

/** Invites and accepts. The link goes to a mailbox nobody reads, so its secret is kept from here. */
export async function joinOrganization(
  container: Container,
  owner: Extract<Actor, { kind: 'member' }>,
  person: Person,
): Promise<void> {
  const { organizationId } = owner;
  const { secrets, ...deps } = organizationDeps(container);
  let secret = '';
  const remembering = {
    ...secrets,
    create() {
      secret = secrets.create();
      return secret;
    },
  };
  await inviteMember(
    { ...deps, secrets: remembering },
    { actor: owner, organizationId, email: person.email, role: 'member' },
  );
  await acceptInvitation({ ...deps, secrets }, { person, token: tokenOf(organizationId, secret) });
}

function tokenOf(organizationId: OrganizationId, secret: string): string {
  return `${toPublicId('organization', organizationId)}.${secret}`;
}
