import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Outcome, runShortForms, shortForms } from '../trial/short-forms.ts';

/**
 * The short form of every promise, two at a time: they wait as much as they compute. `--report file` leaves the
 * numbers there; names after it run these alone.
 */
const { values, positionals } = parseArgs({
  options: { report: { type: 'string' }, 'at-once': { type: 'string', default: '2' } },
  allowPositionals: true,
});
const names = await shortForms();
const chosen = positionals.length === 0 ? names : names.filter((name) => positionals.includes(name));
const outcomes: Outcome[] = [];
await runShortForms(chosen, {
  atOnce: Number(values['at-once']),
  tell(outcome) {
    outcomes.push(outcome);
    const { name, holds, seconds, output } = outcome;
    console.log(`${holds ? 'holds ' : 'BROKEN'} ${name} (${seconds.toFixed(1)} s)`);
    if (!holds) console.log(output.replaceAll(/^/gm, '    '));
  },
});
const failed = outcomes.filter(({ holds }) => !holds).length;
const passed = outcomes.length - failed;
if (values.report !== undefined) writeFileSync(values.report, JSON.stringify({ passed, failed }));
console.log(`${passed} promises hold, ${failed} do not`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
