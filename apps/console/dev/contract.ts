import type { AppRouter } from '@metergate/api';
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { DoubleRequest } from './double-request.ts';

type Procedure<I, O> = { '~types': { input: I; output: O } };

type HandlersOf<T> = {
  [K in keyof T as K extends 'pathKey' | 'pathFilter' ? never : K]?: T[K] extends Procedure<infer I, infer O>
    ? (input: I, request: DoubleRequest) => O
    : HandlersOf<T[K]>;
};

/** Handlers for the procedures that screens call, typed by the API's contract. */
export type Handlers = HandlersOf<TRPCOptionsProxy<AppRouter>>;
