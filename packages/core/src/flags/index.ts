export * from './evaluate-flag.ts';
export * from './evaluate-flags.ts';
export * from './flags.ports.ts';
export * from './flags.views.ts';
export * from './organization-bucket.ts';
export * from './override-flag.ts';
export * from './save-flag.ts';
