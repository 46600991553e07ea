export * from './audit.views.ts';
