import { z } from 'zod';
import { type ClientId, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import { parseQuantity } from '../../shared/money/quantity.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { decimalSchema, instantSchema } from '../../shared/view.schemas.ts';
import { usageRejected } from '../usage.errors.ts';
import type { UsageDirectory } from '../usage.ports.ts';
import type { UsageReadingDeps } from './read-usage-series.ts';
import { spanOf } from './reading-span.ts';
import type { UsageChecks, UsageFigures } from './usage-checks.ports.ts';

const dayMs = 86_400_000;
/** Comparisons are kept for so long. */
const keptMs = 400 * dayMs;
const listedMax = 50;

export function forgetChecksBefore(now: Date): Date {
  return new Date(now.getTime() - keptMs);
}

const figuresSchema = z.object({ count: z.number().int(), total: decimalSchema });
export const usageCheckAnswerSchema = z.object({ equal: z.boolean(), ours: figuresSchema });
export const usageCheckViewSchema = z.object({
  /** level = what a reported level was at the instant `from`, which is `to` as well; it has no count. */
  kind: z.enum(['usage', 'level']),
  /** Of a level the feature. */
  meter: z.string(),
  /** null = all clients. */
  client: z.string().nullable(),
  from: instantSchema,
  to: instantSchema,
  theirs: figuresSchema,
  ours: figuresSchema,
  equal: z.boolean(),
  checkedAt: instantSchema,
});
export type UsageCheckView = z.infer<typeof usageCheckViewSchema>;

export interface UsageCheckInput {
  meter: string;
  from: string;
  to: string;
  count: number;
  total: unknown;
  /** Our id or the platform's own; absent = all clients together. */
  client?: string | undefined;
}

export interface UsageCheckDeps extends UsageReadingDeps {
  directory: Pick<UsageDirectory, 'findClients'>;
  unitOfWork: UnitOfWork<{ usageChecks: UsageChecks }>;
}

/**
 * Compares the sender's own books with ours for a span of `occurredAt`, and keeps the result. The same span again takes
 * the place of the one before. @throws METER_UNKNOWN, CLIENT_UNKNOWN, SPAN_INVALID, QUANTITY_INVALID
 */
export async function checkAgainstSender(
  deps: UsageCheckDeps,
  request: { organizationId: OrganizationId; input: UsageCheckInput },
): Promise<{ equal: boolean; ours: UsageFigures }> {
  const { organizationId, input } = request;
  const theirs = { count: input.count, total: parseQuantity(input.total, { sign: 'any' }) };
  const now = deps.clock.now();
  const { meters } = await deps.terms.termsOf(organizationId, now);
  const terms = meters.find(({ meter }) => meter.key === input.meter);
  if (terms === undefined) throw usageRejected('METER_UNKNOWN');
  const span = spanOf({ from: input.from, to: input.to }, terms.period);
  const clientId = await clientOf(deps, organizationId, input.client);
  const source = { organizationId, meter: input.meter, aggregation: terms.meter.aggregation };
  const ours = await deps.reader.count({ ...source, ...(clientId === null ? {} : { clientId }) }, span);
  const check = { meter: input.meter, clientId, span, theirs, ours, checkedAt: now };
  await deps.unitOfWork.run(organizationId, ({ usageChecks }) =>
    usageChecks.put(organizationId, check, forgetChecksBefore(now)),
  );
  return { equal: isEqual(theirs, ours), ours };
}

/** What differs first, then the latest. */
export async function listUsageChecks(
  { unitOfWork }: Pick<UsageCheckDeps, 'unitOfWork'>,
  { organizationId }: { organizationId: OrganizationId },
): Promise<UsageCheckView[]> {
  const checks = await unitOfWork.run(organizationId, ({ usageChecks }) =>
    usageChecks.list(organizationId, listedMax),
  );
  return checks.map(({ clientId, span, checkedAt, ...check }) => ({
    ...check,
    kind: span.start.getTime() === span.end.getTime() ? 'level' : 'usage',
    client: clientId === null ? null : toPublicId('client', clientId),
    from: span.start.toISOString(),
    to: span.end.toISOString(),
    equal: isEqual(check.theirs, check.ours),
    checkedAt: checkedAt.toISOString(),
  }));
}

async function clientOf(
  { directory }: UsageCheckDeps,
  organizationId: OrganizationId,
  reference: string | undefined,
): Promise<ClientId | null> {
  if (reference === undefined) return null;
  const found = (await directory.findClients(organizationId, [reference])).get(reference);
  if (found === undefined) throw usageRejected('CLIENT_UNKNOWN');
  return found;
}

function isEqual(one: UsageFigures, other: UsageFigures): boolean {
  return one.count === other.count && one.total === other.total;
}
