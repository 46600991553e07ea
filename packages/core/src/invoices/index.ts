export * from './invoice-lifecycle.ts';
