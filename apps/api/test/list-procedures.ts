import { appRouter } from '../src/trpc/app-router.ts';
import type { AccessRule } from '../src/trpc/init.ts';

export interface ListedProcedure {
  path: string;
  type: 'query' | 'mutation';
  access: AccessRule;
}

/** Every procedure of the router; throws for one without an access rule, so that none can be forgotten. */
export function listProcedures(): ListedProcedure[] {
  return Object.entries(appRouter._def.procedures).map(([path, procedure]) => {
    const definition = Reflect.get(procedure, '_def');
    const access = definition.meta?.access;
    if (access === undefined) throw new Error(`${path} has no access rule`);
    return { path, type: definition.type, access };
  });
}
