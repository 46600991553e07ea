export * from './evaluate-flag.ts';
export * from './organization-bucket.ts';
