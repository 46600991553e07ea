export * from './audit.views.ts';
export * from './monthly-recurring.ts';
export * from './override-limit.ts';
export * from './timeline.views.ts';
export * from './worst-limit.ts';
