import type { TestProject } from 'vitest/node';
import { startTestCluster, type TestCluster } from './postgres-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testCluster: TestCluster;
  }
}

/** Vitest global set-up: one PostgreSQL per run. With DATABASE_URL that server is used instead. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { cluster, stop } = await startTestCluster(process.env.DATABASE_URL || undefined);
  project.provide('testCluster', cluster);
  return stop;
}
