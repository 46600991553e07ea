import { acceptDrift } from '@metergate/core/admin/drift/accept-drift';
import { listDrift } from '@metergate/core/admin/drift/list-drift';
import type { DriftFindingView } from '@metergate/core/payments/drift/drift.schemas';
import { driftKindSchema, driftStatusSchema } from '@metergate/core/payments/drift/drift.schemas';
import { createDriftDirectory } from '@metergate/db';
import { z } from 'zod';
import { type Context, operator } from '../context.ts';
import type { Outcome } from '../outcome.ts';

const optionsSchema = z.object({
  status: z.union([driftStatusSchema, z.literal('all')]),
  kind: driftKindSchema.optional(),
  organization: z.string().max(100).optional(),
  csv: z.boolean().optional(),
});

/** What comparisons with Stripe found; the exit code is 1 when something shown waits for a person. */
export async function listDifferences(context: Context, options: object): Promise<Outcome> {
  const { status, csv, ...filter } = optionsSchema.parse(options);
  const input = { ...filter, limit: 100, ...(status === 'all' ? {} : { status }) };
  const { items } = await listDrift(driftDeps(context), { actor: operator, input });
  const exitCode = items.some((item) => item.status === 'open') ? 1 : 0;
  if (csv === true) return { lines: csvLines(items), json: items, exitCode };
  const title = `${items.length === 100 ? 'The first 100' : items.length} differences.`;
  return { lines: [title, ...items.flatMap(linesOf)], json: items, exitCode };
}

/** Lets a difference be that waits for a person; it is not told again unless it becomes another one. */
export async function acceptDifference(
  context: Context,
  input: { id: string; reason: string },
): Promise<Outcome> {
  const finding = await acceptDrift(driftDeps(context), { actor: operator, input });
  return {
    lines: [`${finding.object} of ${finding.organization.slug} is accepted as it is.`],
    json: finding,
  };
}

function linesOf(item: DriftFindingView): string[] {
  return [
    `${item.id}  ${item.organization.slug}  ${item.object}: ${item.label} (${item.status})`,
    ...item.fields.map(
      ({ field, local, remote }) =>
        `    ${field}: ours ${local ?? 'nothing'}, Stripe’s ${remote ?? 'nothing'}`,
    ),
    `    ${item.what} ${item.next}`,
  ];
}

/** One line per field; texts that a spreadsheet would take for a formula are kept from being one. */
function csvLines(items: readonly DriftFindingView[]): string[] {
  const header =
    'id,organization,object,kind,severity,status,field,ours,stripes,cause,found,last_found,times';
  const rows = items.flatMap((item) =>
    item.fields.map(({ field, local, remote }) => [
      ...[item.id, item.organization.slug, item.object, item.kind, item.severity, item.status],
      ...[
        field,
        local ?? '',
        remote ?? '',
        item.cause ?? '',
        item.foundAt,
        item.lastFoundAt,
        String(item.times),
      ],
    ]),
  );
  return [header, ...rows.map((row) => row.map(csvCell).join(','))];
}

function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function driftDeps({ database, unitOfWork, clock }: Context) {
  return { driftFindings: createDriftDirectory(database.platform), unitOfWork, clock };
}
