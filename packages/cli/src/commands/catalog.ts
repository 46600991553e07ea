import { type CatalogChange, diffCatalog, publishCatalog } from '@metergate/core/catalog/publish-catalog';
import { type Context, operator } from '../context.ts';
import { type Outcome, UsageProblem } from '../outcome.ts';
import { migratePlan } from './migrate.ts';

/** What a push would do; writes nothing. */
export async function showCatalogDiff(context: Context): Promise<Outcome> {
  return tell(await diffCatalog(context, context.families), 'The catalogue is published as it is.');
}

/**
 * Makes the catalogue's products, prices and meters at Stripe and publishes its plan versions. What becomes of the
 * subscribers of older versions is said with it: they keep theirs, or begin to be moved.
 */
export async function pushCatalog(context: Context, options: { existing?: string }): Promise<Outcome> {
  const { families } = context;
  const newVersions = (await diffCatalog(context, families)).flatMap(newVersionOf);
  const { existing } = options;
  if (existing !== undefined && existing !== 'grandfather' && existing !== 'migrate') {
    throw new UsageProblem('--existing is grandfather or migrate.');
  }
  if (newVersions.length > 0 && existing === undefined) {
    throw new UsageProblem(
      `New versions of ${newVersions.join(', ')}: say --existing grandfather or --existing migrate.`,
    );
  }
  const outcome = tell(
    await publishCatalog(context, { actor: operator, families }),
    'There was nothing to do.',
  );
  if (existing !== 'migrate') return outcome;
  const reason = 'published for existing subscribers too';
  const lines = [...outcome.lines];
  for (const plan of newVersions) {
    lines.push(...(await migratePlan(context, { plan, reason, limit: '100' })).lines);
  }
  return { ...outcome, lines };
}

/** `family/plan` of a version after the first that would be published. */
function newVersionOf({ kind, key, action }: CatalogChange): string[] {
  const [plan = '', version] = key.split(' v');
  return kind === 'plan_version' && action === 'create' && version !== '1' ? [plan] : [];
}

function tell(changes: readonly CatalogChange[], nothing: string): Outcome {
  const made = changes.filter(({ action }) => action !== 'keep');
  const lines = made.map(({ action, kind, key }) => `${action.padEnd(6)} ${kind} ${key}`);
  const hasDrift = made.some(({ action }) => action === 'drift');
  return { lines: lines.length === 0 ? [nothing] : lines, json: made, exitCode: hasDrift ? 1 : 0 };
}
