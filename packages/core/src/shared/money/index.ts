export * from './currency.ts';
export * from './format-money.ts';
export * from './money.ts';
export * from './quantity.ts';
export * from './unit-price.ts';
