import type { TestProject } from 'vitest/node';
import { testDatabaseUrl } from './env.ts';
import { startTestCluster, type TestCluster } from './postgres-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testCluster: TestCluster;
  }
}

let stop: (() => Promise<void>) | undefined;

/** Vitest global set-up: one PostgreSQL per run. With DATABASE_URL that server is used instead. */
export async function setup(project: TestProject): Promise<void> {
  const started = await startTestCluster(testDatabaseUrl());
  stop = started.stop;
  project.provide('testCluster', started.cluster);
}

/** Ends what `setup` started. */
export async function teardown(): Promise<void> {
  await stop?.();
}
