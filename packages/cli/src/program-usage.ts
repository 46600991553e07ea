import { backfill, showBackfills, takeBackfillBack } from './commands/backfills.ts';
import { compareWithSender, showChecks } from './commands/sender-checks.ts';
import type { Add, RunWith } from './program.ts';

const whose = ['--organization <id>', 'id, slug or external id'] as const;

/** Commands about reported usage: what was reported late, and what senders have in their own books. */
export function addUsage(add: Add, run: RunWith): void {
  add('backfills list', 'the latest backfills of an organization, and what of each still counts')
    .requiredOption(...whose)
    .action((options) => run((context) => showBackfills(context, options), options));
  for (const [how, description] of [
    ['preview', 'what a file of events would change; stores nothing'],
    ['run', 'report a file of events of any age; exit code 1 when some are refused'],
  ] as const) {
    add(`backfills ${how}`, description)
      .argument('<file>', 'a JSON list of events, or one event on each line')
      .requiredOption(...whose)
      .option('--name <name>', 'what it can be taken back by; files of one name belong together')
      .requiredOption('--reason <text>', 'for the audit log')
      .action((file, options) =>
        run((context) => backfill(context, { ...options, file, dryRun: how === 'preview' }), options),
      );
  }
  add('backfills revert', 'take back what of a backfill still counts')
    .argument('<name>')
    .requiredOption(...whose)
    .requiredOption('--reason <text>', 'for the audit log')
    .option('--dry-run', 'say what it would change and take nothing back')
    .action((id, options) => run((context) => takeBackfillBack(context, { ...options, id }), options));
  add('checks list', "comparisons with senders' own books; exit code 1 when one differs")
    .requiredOption(...whose)
    .action((options) => run((context) => showChecks(context, options), options));
  add('checks compare', "compare a sender's count and total with ours; exit code 1 when they differ")
    .requiredOption(...whose)
    .requiredOption('--meter <key>')
    .requiredOption('--from <instant>', 'start of the span, included')
    .requiredOption('--to <instant>', 'end of the span, not included')
    .requiredOption('--count <count>', 'events in it')
    .requiredOption('--total <quantity>', 'what they add up to')
    .option('--client <id>', 'id or external id of one client')
    .action((options) => run((context) => compareWithSender(context, options), options));
}
