export * from './decide-limit.ts';
export * from './limit-message.ts';
