import {
  type ApiKey,
  type ApiKeyScope,
  apiKeyScopes,
  fromPublicId,
  issueApiKey,
  type OrganizationId,
  revokeApiKey,
  revokePlatformKey,
  toApiKeyView,
  toPublicId,
} from '@metergate/core';
import { type Context, operator } from '../context.ts';
import { type Outcome, UsageProblem } from '../outcome.ts';
import { requireOrganization } from './organization-reference.ts';

export interface CreateKeyOptions {
  platform?: boolean;
  organization?: string;
  scopes: string;
  name: string;
}

/** Makes a key and shows its secret once. */
export async function createKey(context: Context, options: CreateKeyOptions): Promise<Outcome> {
  if ((options.platform === true) === (options.organization !== undefined)) {
    throw new UsageProblem('Say either --platform or --organization ID.');
  }
  const scopes = parseScopes(options.scopes);
  const { organization } = options;
  const organizationId = organization === undefined ? null : await requireOrganization(context, organization);
  const { key, row } = await issueApiKey(context, {
    actor: operator,
    organizationId,
    name: options.name,
    scopes,
    expiresAt: null,
  });
  const id = toPublicId('apiKey', row.id);
  return { lines: [`id:  ${id}`, `key: ${key}`, 'The key is shown only now.'], json: { id, key } };
}

/** Keys of the platform, or of one organization; never their secrets. */
export async function listKeys(context: Context, options: { organization?: string }): Promise<Outcome> {
  const keys = await readKeys(context, options.organization);
  const views = keys.map(toApiKeyView);
  const lines = views.map(
    ({ id, prefix, name, scopes, revokedAt }) =>
      `${id}  ${prefix}…  ${name}  ${scopes.join(',')}${revokedAt === null ? '' : '  revoked'}`,
  );
  return { lines: lines.length === 0 ? ['There are no keys.'] : lines, json: views };
}

async function readKeys(context: Context, organization: string | undefined): Promise<ApiKey[]> {
  if (organization === undefined) return context.platformUnitOfWork.run((tx) => tx.platformKeys.list());
  const id = await requireOrganization(context, organization);
  return context.unitOfWork.run(id, (tx) => tx.apiKeys.list(id));
}

/** Ends a key; processes that know it forget it within a second. */
export async function revokeKey(context: Context, publicId: string): Promise<Outcome> {
  const keyId = fromPublicId('apiKey', publicId);
  if (keyId === undefined) throw new UsageProblem(`"${publicId}" is not the id of a key (key_…).`);
  const owner = await context.database.prisma.platform.apiKey.findUnique({
    where: { id: keyId },
    select: { organizationId: true },
  });
  if (owner === null) throw new UsageProblem(`There is no key ${publicId}.`);
  const request = { actor: operator, keyId };
  const { organizationId } = owner;
  const revoked =
    organizationId === null
      ? await revokePlatformKey(context, request)
      : await revokeApiKey(context, { ...request, organizationId: organizationId as OrganizationId });
  return { lines: [`${publicId} is revoked.`], json: toApiKeyView(revoked) };
}

function parseScopes(text: string): ApiKeyScope[] {
  const wanted = text.split(',').map((scope) => scope.trim());
  return wanted.map((scope) => {
    const known = apiKeyScopes.find((candidate) => candidate === scope);
    if (known !== undefined) return known;
    throw new UsageProblem(`"${scope}" is no scope. There are: ${apiKeyScopes.join(', ')}.`);
  });
}
