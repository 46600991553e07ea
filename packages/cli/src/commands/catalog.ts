import { type CatalogChange, diffCatalog, publishCatalog } from '@metergate/core/catalog/publish-catalog';
import { type Context, operator } from '../context.ts';
import type { Outcome } from '../outcome.ts';

/** What a push would do; writes nothing. */
export async function showCatalogDiff(context: Context): Promise<Outcome> {
  return tell(await diffCatalog(context, context.families), 'The catalogue is published as it is.');
}

/** Makes the catalogue's products, prices and meters at Stripe and publishes its plan versions. */
export async function pushCatalog(context: Context): Promise<Outcome> {
  const { families } = context;
  return tell(await publishCatalog(context, { actor: operator, families }), 'There was nothing to do.');
}

function tell(changes: readonly CatalogChange[], nothing: string): Outcome {
  const made = changes.filter(({ action }) => action !== 'keep');
  const lines = made.map(({ action, kind, key }) => `${action.padEnd(6)} ${kind} ${key}`);
  const hasDrift = made.some(({ action }) => action === 'drift');
  return { lines: lines.length === 0 ? [nothing] : lines, json: made, exitCode: hasDrift ? 1 : 0 };
}
