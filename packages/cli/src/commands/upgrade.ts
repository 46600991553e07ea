import { migrate } from '@metergate/db';
import type { Context } from '../context.ts';
import type { Outcome } from '../outcome.ts';

/** Brings the database to this version; processes of the version before may go on meanwhile. */
export async function upgrade({ ownerUrl }: Context): Promise<Outcome> {
  const applied = await migrate({ ownerUrl });
  const lines = applied.length === 0 ? ['Nothing to apply.'] : applied.map((name) => `Applied ${name}`);
  return { lines, json: { applied } };
}
