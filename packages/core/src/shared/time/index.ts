export * from './billing-period.ts';
export * from './calendar-date.ts';
export * from './day-window.ts';
export * from './instant.ts';
export * from './period.ts';
export * from './usage-bucket.ts';
