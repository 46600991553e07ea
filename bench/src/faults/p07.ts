import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const zones = [
  'UTC',
  'Asia/Kolkata',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/Sao_Paulo',
];

/**
 * Fifty years of periods for every anchor day × 1, 3, 6 and 12 months, worked out by processes in six time zones:
 * they tile without gap or overlap, every boundary is the one counted from the anchor by an arithmetic of the trial's
 * own, and all zones say the same. Needs no database.
 */
const isLong = process.argv.includes('--long');
const program = fileURLToPath(new URL('../trial/calendar-walk.ts', import.meta.url));
const startedAt = performance.now();
console.log(`P7 the calendar is right${isLong ? ' (long)' : ''}`);
let failures = 0;
const digests = new Set<string>();
for (const zone of zones) {
  const environment = { ...process.env, TZ: zone, LANG: zone === 'Asia/Kolkata' ? 'tr_TR.UTF-8' : 'C' };
  const { stdout } = await promisify(execFile)(process.execPath, [program, isLong ? 'long' : 'short'], {
    env: environment,
  });
  const walked: { zone: string; periods: number; faults: string[]; digest: string } = JSON.parse(stdout);
  digests.add(walked.digest);
  check(
    `gaps, overlaps and drift in ${zone}, ${walked.periods} periods`,
    walked.faults.length === 0,
    walked.faults,
  );
  // A zone may go by another of its names.
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
  check(`the process really is in ${zone}`, walked.zone === timeZone, walked.zone);
}
check('different calendars', digests.size === 1, digests.size);
console.log(
  `P7: ${failures === 0 ? 'holds' : 'BROKEN'} (${Math.round((performance.now() - startedAt) / 1000)} s)`,
);
process.exitCode = failures === 0 ? 0 : 1;

function check(what: string, holds: boolean, measured: unknown): void {
  if (!holds) failures += 1;
  console.log(`${holds ? 'holds ' : 'BROKEN'} ${what}: ${JSON.stringify(measured)}`);
}
