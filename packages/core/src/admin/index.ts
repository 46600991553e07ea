export * from './audit-view.ts';
export * from './override-limit.ts';
export * from './override-price.ts';
export * from './timeline-entry.ts';
export * from './worst-limit.ts';
