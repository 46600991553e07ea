export * from './shared/actor.ts';
export * from './shared/app-error.ts';
export * from './shared/audit.ts';
export * from './shared/clock.ts';
export * from './shared/ids.ts';
export * from './shared/page.ts';
export * from './shared/unit-of-work.ts';
export * from './shared/view.schemas.ts';
