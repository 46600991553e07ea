export * from './evaluate-flag.ts';
export * from './evaluate-flags.ts';
export * from './flag-views.ts';
export * from './flags.ports.ts';
export * from './organization-bucket.ts';
export * from './override-flag.ts';
export * from './save-flag.ts';
