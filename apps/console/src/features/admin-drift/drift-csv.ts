import type { DriftFinding } from '../../app/views.ts';
import { csvOf } from '../../components/csv.ts';

const header = [
  ...['id', 'organization', 'object', 'kind', 'severity', 'status', 'field', 'ours', 'stripes', 'cause'],
  ...['found', 'last_found', 'times', 'settled', 'settled_by', 'reason'],
];

/** The differences that are shown, one line for each field; instants in UTC. */
export function driftCsv(findings: readonly DriftFinding[]): string {
  const lines = findings.flatMap((one) =>
    one.fields.map(({ field, local, remote }) => [
      ...[
        one.id,
        one.organization.slug,
        one.object,
        one.kind,
        one.severity,
        one.status,
        field,
        local,
        remote,
      ],
      ...[
        one.cause,
        one.foundAt,
        one.lastFoundAt,
        String(one.times),
        one.settledAt,
        one.settledBy,
        one.reason,
      ],
    ]),
  );
  return csvOf([header, ...lines]);
}
