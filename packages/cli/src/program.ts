import { apiKeyScopes } from '@metergate/core';
import { Command } from 'commander';
import { createAdmin } from './commands/admin.ts';
import { pushCatalog, showCatalogDiff } from './commands/catalog.ts';
import { acceptDifference, listDifferences } from './commands/drift.ts';
import { exportData } from './commands/export.ts';
import { runDoctor, verifyAudit } from './commands/inspect.ts';
import { createKey, listKeys, revokeKey } from './commands/keys.ts';
import { migratePlan } from './commands/migrate.ts';
import { listDeadMessages, rebuild, replayEvent, settleMessage } from './commands/repair.ts';
import { rerateEverything } from './commands/rerate.ts';
import { retire } from './commands/retire.ts';
import { shadowCatalog } from './commands/shadow.ts';
import { upgrade } from './commands/upgrade.ts';
import type { Context } from './context.ts';
import type { Outcome } from './outcome.ts';
import { addUsage } from './program-usage.ts';

/** Opens what commands need, runs one, and remembers how it ended. */
export type Runner = (work: (context: Context) => Promise<Outcome>, isJson: boolean) => Promise<void>;

/** The commands of `metergate`, which say what they found to `run`. */
export function createProgram(run: Runner): Command {
  const program = new Command('metergate')
    .description('Looks after an installation of Metergate.')
    .option('--json', 'print JSON')
    .exitOverride();
  const isJson = (options: object) => Reflect.get({ ...program.opts(), ...options }, 'json') === true;
  addKeys(program, (work, options) => run(work, isJson(options)));
  addOperations(program, (work, options) => run(work, isJson(options)));
  return program;
}

export type RunWith = (work: (context: Context) => Promise<Outcome>, options: object) => Promise<void>;

function addKeys(program: Command, run: RunWith): void {
  const keys = program.command('keys').description('API keys');
  keys
    .command('create')
    .description('make a key and show it once')
    .option('--platform', 'a key that may name any organization')
    .option('--organization <id>', 'id, slug or external id of the only organization it may name')
    .requiredOption('--scopes <list>', `comma separated: ${apiKeyScopes.join(', ')}`)
    .option('--name <name>', 'what it is for', 'made on the command line')
    .option('--json', 'print JSON')
    .action((options) => run((context) => createKey(context, options), options));
  keys
    .command('list')
    .description('keys of the platform, or of one organization')
    .option('--organization <id>')
    .option('--json', 'print JSON')
    .action((options) => run((context) => listKeys(context, options), options));
  keys
    .command('revoke <id>')
    .description('end a key')
    .option('--json', 'print JSON')
    .action((id, options) => run((context) => revokeKey(context, id), options));
}

function addOperations(program: Command, run: RunWith): void {
  const add: Add = (path, description) => {
    const [parent = '', child] = path.split(' ');
    if (child === undefined)
      return program.command(parent).description(description).option('--json', 'print JSON');
    const group = program.commands.find((one) => one.name() === parent) ?? program.command(parent);
    return group.command(child).description(description).option('--json', 'print JSON');
  };
  add('admin create', 'make a person of the staff')
    .argument('<email>')
    .option('--password <password>', 'instead of a generated one')
    .option('--role <role>', 'support, billing_ops or super_admin', 'super_admin')
    .action((email, options) => run((context) => createAdmin(context, { ...options, email }), options));
  add('audit verify', 'recompute the hash chains of the audit log').action((options) =>
    run(verifyAudit, options),
  );
  add('doctor', 'check what must hold; exit code 1 when something does not').action((options) =>
    run(runDoctor, options),
  );
  add('catalog diff', 'what a push would do').action((options) => run(showCatalogDiff, options));
  add('catalog push', 'publish plans, and make products, prices and meters at Stripe')
    .option('--existing <choice>', 'with a new version: grandfather or migrate its subscribers')
    .action((options) => run((context) => pushCatalog(context, options), options));
  add(
    'catalog migrate',
    'move subscribers of older versions of a plan to the one sold now, at their next renewal',
  )
    .argument('<family/plan>')
    .option('--dry-run', 'say what it means for each organization and order nothing')
    .option('--limit <count>', 'order at most so many in this run', '100')
    .option('--reason <text>', 'for the audit log')
    .action((plan, options) => run((context) => migratePlan(context, { ...options, plan }), options));
  add('catalog shadow', 'bill closed months again under a draft of a family and compare; publishes nothing')
    .argument('<file>', 'a catalogue file that exports the draft')
    .requiredOption('--since <day>', 'months that began on this day or later')
    .action((file, options) => run((context) => shadowCatalog(context, { ...options, file }), options));
  add(
    'invoices rerate',
    'rate all usage again from single events; exit code 1 when it was billed differently',
  ).action((options) => run(rerateEverything, options));
  add('export', 'write everything that is stored of one organization into a new folder')
    .requiredOption('--organization <id>', 'id, slug or external id')
    .requiredOption('--out <folder>', 'must not be there yet')
    .action((options) => run((context) => exportData(context, options), options));
  add('migrate', 'bring the database to this version').action((options) => run(upgrade, options));
  add('rebuild-projections', 'compare the sums of usage with its events')
    .option('--write', 'repair what differs')
    .action((options) => run((context) => rebuild(context, options), options));
  add('usage retire', 'take events away that are older than --months and billed; ids and sums stay')
    .requiredOption('--months <months>', 'how long events are kept; at least 4', Number)
    .option('--organization <id>', 'id, slug or external id; all without it')
    .option('--write', 'do it; without it only what would go is shown')
    .action((options) => run((context) => retire(context, options), options));
  add('events replay', 'put one of Stripe’s events back into the queue')
    .argument('<id>')
    .option('--reason <text>', 'for the audit log', 'replayed on the command line')
    .action((id, options) => run((context) => replayEvent(context, { id, reason: options.reason }), options));
  addDrift(add, run);
  addMessages(add, run);
  addUsage(add, run);
}

export type Add = (path: string, description: string) => Command;

function addDrift(add: Add, run: RunWith): void {
  add('drift list', 'differences with Stripe, why, and what to do; exit code 1 when one waits for a person')
    .option('--status <status>', 'open, accepted, repaired, gone or all', 'open')
    .option('--kind <kind>', 'for example money, stale, changed_at_stripe')
    .option('--organization <id>', 'id or slug')
    .option('--csv', 'print CSV')
    .action((options) => run((context) => listDifferences(context, options), options));
  add('drift accept', 'let a difference be that waits for a person')
    .argument('<id>')
    .requiredOption('--reason <text>', 'for the audit log')
    .action((id, { reason, ...options }) =>
      run((context) => acceptDifference(context, { id, reason }), options),
    );
}

function addMessages(add: Add, run: RunWith): void {
  add('messages dead', 'messages to Stripe that were given up').action((options) =>
    run(listDeadMessages, options),
  );
  for (const [how, description] of [
    ['retry', 'send a message to Stripe again that was given up'],
    ['dismiss', 'end a message to Stripe that nobody needs any more'],
  ] as const) {
    add(`messages ${how}`, description)
      .argument('<id>')
      .requiredOption('--reason <text>', 'for the audit log')
      .action((id, { reason, ...options }) =>
        run((context) => settleMessage(context, { id, reason, how }), options),
      );
  }
}
