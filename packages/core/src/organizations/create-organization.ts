import type { Actor } from '../shared/actor.ts';
import { authorize, forbidden } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { asId, type IdSource, type OrganizationId } from '../shared/ids.ts';
import { parseCurrency } from '../shared/money/index.ts';
import { isTimeZone } from '../shared/time/index.ts';
import { timeZoneUnknown } from '../shared/time/time.errors.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { type Organization, slugFromName } from './organization.ts';
import { organizationClosed } from './organizations.errors.ts';
import type { OrganizationDirectory, OrganizationTx } from './organizations.ports.ts';
import type { CreateOrganizationInput } from './organizations.schemas.ts';

export interface CreateOrganizationDeps {
  clock: Clock;
  ids: IdSource;
  directory: OrganizationDirectory;
  unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'members' | 'audit'>>;
}

/** Staff, a platform key or a job makes one without members; a signed-in person becomes its owner. */
export type CreateOrganizationRequest = { input: CreateOrganizationInput } & (
  | { actor: Actor; owner?: undefined }
  | { owner: { userId: string; email: string }; actor?: undefined }
);

const attemptsMax = 5;

/**
 * Makes an organization. Idempotent by `externalId`: the same one twice answers the first organization,
 * also when both calls run at once.
 * @throws CURRENCY_UNKNOWN, TIME_ZONE_UNKNOWN, ORGANIZATION_CLOSED when the external id belongs to a closed one
 */
export async function createOrganization(
  deps: CreateOrganizationDeps,
  request: CreateOrganizationRequest,
): Promise<{ organization: Organization; created: boolean }> {
  const { input } = request;
  if (request.actor !== undefined) authorizeCreation(request.actor);
  parseCurrency(input.currency);
  if (!isTimeZone(input.timeZone)) throw timeZoneUnknown(input.timeZone);

  const existing = await findExisting(deps, input.externalId);
  if (existing !== undefined) return { organization: existing, created: false };

  return insertWithFreeSlug(deps, request);
}

/** A key of one organization makes no others, whatever its scopes. */
function authorizeCreation(actor: Actor): void {
  authorize(actor, { scope: 'organizations:write', staff: 'billing_ops', jobs: true });
  if (actor.kind === 'api_key' && actor.organizationId !== null) throw forbidden();
}

async function findExisting(deps: CreateOrganizationDeps, externalId: string | undefined) {
  if (externalId === undefined) return undefined;
  const found = await deps.directory.findByExternalId(externalId);
  if (found?.status === 'closed') throw organizationClosed();
  return found;
}

async function insertWithFreeSlug(
  deps: CreateOrganizationDeps,
  request: CreateOrganizationRequest,
): Promise<{ organization: Organization; created: boolean }> {
  const { input } = request;
  const base = slugFromName(input.name);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const id = deps.ids.next();
    // The tail of a UUIDv7 is random, so a taken slug is left behind at the first retry.
    const slug = attempt === 0 ? base : `${base}-${id.slice(-6)}`;
    const organization = draft(input, asId('organization', id), { slug, createdAt: deps.clock.now() });
    if (await insertWithOwner(deps, organization, request)) return { organization, created: true };
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
    autoBuySeatsMax: null,
    closedAt: null,
  };
}

/** Organization, first owner and audit row commit together; false when slug or external id were taken. */
async function insertWithOwner(
  deps: CreateOrganizationDeps,
  organization: Organization,
  { actor, owner }: CreateOrganizationRequest,
): Promise<boolean> {
  const organizationId = organization.id;
  return deps.unitOfWork.run(organizationId, async (tx) => {
    if (!(await tx.organizations.insert(organization))) return false;
    if (owner !== undefined) {
      const joinedAt = organization.createdAt;
      await tx.members.insert({
        organizationId,
        userId: owner.userId,
        role: 'owner',
        joinedAt,
      });
    }
    await tx.audit.append({
      organizationId,
      actor: owner === undefined ? actor : { kind: 'member', ...owner, organizationId, role: 'owner' },
      action: 'organization.created',
      target: { kind: 'organization', id: organizationId },
      after: {
        name: organization.name,
        externalId: organization.externalId,
        currency: organization.currency,
      },
    });
    return true;
  });
}
