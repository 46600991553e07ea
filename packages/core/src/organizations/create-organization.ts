import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { asId, type IdSource, type OrganizationId } from '../shared/ids.ts';
import { isCurrency } from '../shared/money/index.ts';
import { isTimeZone } from '../shared/time/index.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { type Organization, slugFromName } from './organization.ts';
import { currencyUnknown, organizationClosed, timeZoneUnknown } from './organizations.errors.ts';
import type { OrganizationDirectory, OrganizationTx } from './organizations.ports.ts';
import type { CreateOrganizationInput } from './organizations.schemas.ts';

export interface CreateOrganizationDeps {
  clock: Clock;
  ids: IdSource;
  directory: OrganizationDirectory;
  unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'members' | 'audit'>>;
}

const attemptsMax = 5;

/**
 * Makes an organization. Idempotent by `externalId`: the same one twice answers the first organization,
 * also when both calls run at once. A signed-in person becomes its owner; a platform key makes one without members.
 */
export async function createOrganization(
  deps: CreateOrganizationDeps,
  { actor, input, owner }: { actor: Actor; input: CreateOrganizationInput; owner?: { userId: string } },
): Promise<{ organization: Organization; created: boolean }> {
  if (owner === undefined)
    authorize(actor, { scope: 'organizations:write', staff: 'billing_ops', jobs: true });
  if (!isCurrency(input.currency)) throw currencyUnknown();
  if (!isTimeZone(input.timeZone)) throw timeZoneUnknown(input.timeZone);

  const existing = await findExisting(deps, input.externalId);
  if (existing !== undefined) return { organization: existing, created: false };

  return insertWithFreeSlug(deps, { actor, input, owner });
}

async function findExisting(deps: CreateOrganizationDeps, externalId: string | undefined) {
  if (externalId === undefined) return undefined;
  const found = await deps.directory.findByExternalId(externalId);
  if (found?.status === 'closed') throw organizationClosed();
  return found;
}

async function insertWithFreeSlug(
  deps: CreateOrganizationDeps,
  {
    actor,
    input,
    owner,
  }: { actor: Actor; input: CreateOrganizationInput; owner: { userId: string } | undefined },
): Promise<{ organization: Organization; created: boolean }> {
  const base = slugFromName(input.name);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const id = deps.ids.next();
    // The tail of a UUIDv7 is random, so a taken slug is left behind at the first retry.
    const slug = attempt === 0 ? base : `${base}-${id.slice(-6)}`;
    const organization = draft(input, asId('organization', id), { slug, createdAt: deps.clock.now() });
    if (await insertWithOwner(deps, organization, { actor, owner })) return { organization, created: true };
    const existing = await findExisting(deps, input.externalId);
    if (existing !== undefined) return { organization: existing, created: false };
  }
  throw new Error(`no free slug for ${base} after ${attemptsMax} attempts`);
}

function draft(
  input: CreateOrganizationInput,
  id: OrganizationId,
  born: { slug: string; createdAt: Date },
): Organization {
  return {
    id,
    ...born,
    name: input.name,
    externalId: input.externalId ?? null,
    email: input.email,
    currency: input.currency,
    timeZone: input.timeZone,
    status: 'active',
    suspendedAt: null,
    suspendedReason: null,
    stripeCustomerId: null,
    families: null,
    adminsSeeMoney: true,
    adminsMayBuy: false,
    autoBuySeats: false,
    closedAt: null,
  };
}

/** Organization, first owner and audit row commit together; false when slug or external id were taken. */
async function insertWithOwner(
  deps: CreateOrganizationDeps,
  organization: Organization,
  { actor, owner }: { actor: Actor; owner: { userId: string } | undefined },
): Promise<boolean> {
  return deps.unitOfWork.run(organization.id, async (tx) => {
    if (!(await tx.organizations.insert(organization))) return false;
    if (owner !== undefined) {
      const joinedAt = organization.createdAt;
      await tx.members.insert({
        organizationId: organization.id,
        userId: owner.userId,
        role: 'owner',
        joinedAt,
      });
    }
    await tx.audit.append({
      organizationId: organization.id,
      actor,
      action: 'organization.created',
      target: { kind: 'organization', id: organization.id },
      after: {
        name: organization.name,
        externalId: organization.externalId,
        currency: organization.currency,
      },
    });
    return true;
  });
}
