export * from './monthly-recurring.ts';
export type * from './priced-quantity.ts';
export * from './prorate.ts';
export * from './rate-usage.ts';
