export * from './payment-ladder.ts';
export * from './subscription-lifecycle.ts';
export * from './subscription-status.ts';
export * from './supersede.ts';
