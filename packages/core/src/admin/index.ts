export * from './audit-view.ts';
export * from './monthly-recurring.ts';
export * from './override-limit.ts';
export * from './timeline-entry.ts';
export * from './worst-limit.ts';
