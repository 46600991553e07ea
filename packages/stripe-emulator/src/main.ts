import { enableCompileCache, flushCompileCache } from 'node:module';

// Half of a start is compiling these files; Node keeps that from one start to the next, but only for what is loaded
// after this call.
enableCompileCache();
await import('./serve.ts');
// Now and not at the end: a process that is killed keeps nothing.
flushCompileCache();
