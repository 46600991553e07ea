import { checkInvariants, verifyAuditChains } from '@metergate/db';
import type { Context } from '../context.ts';
import type { Outcome } from '../outcome.ts';

/** Recomputes every audit chain. */
export async function verifyAudit({ database }: Context): Promise<Outcome> {
  const verdict = await verifyAuditChains(database.platform);
  const line = verdict.valid
    ? `${verdict.rows} entries in ${verdict.chains} chains follow from each other.`
    : `The audit log was changed at ${verdict.firstBad}.`;
  return { lines: [line], json: verdict, exitCode: verdict.valid ? 0 : 1 };
}

/** Checks what must hold in a healthy installation; the exit code is 1 when something does not. */
export async function runDoctor({ database, clock }: Context): Promise<Outcome> {
  const invariants = await checkInvariants(database.platform, clock.now());
  const audit = await verifyAuditChains(database.platform);
  const findings = [
    ...invariants,
    {
      key: 'audit_chains_valid',
      rule: 'Every entry of the audit log follows from the one before',
      violations: audit.valid ? 0 : 1,
      remedy: `Somebody changed it at ${audit.firstBad}. Compare with a backup.`,
    },
  ];
  const lines = findings.flatMap(({ rule, violations, remedy }) =>
    violations === 0 ? [`ok    ${rule}`] : [`FAIL  ${rule}: ${violations}`, `      ${remedy}`],
  );
  const isHealthy = findings.every(({ violations }) => violations === 0);
  return { lines, json: { healthy: isHealthy, findings }, exitCode: isHealthy ? 0 : 1 };
}
