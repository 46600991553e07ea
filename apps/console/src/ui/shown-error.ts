import { createContext, useContext } from 'react';

/** What a person is told about a failed call; nothing of it is made from raw messages of the back end. */
export interface ShownError {
  kind: 'forbidden' | 'not_found' | 'conflict' | 'signed_out' | 'limited' | 'offline' | 'failed';
  code: string;
  text: string;
  requestId: string | null;
  details: Readonly<Record<string, unknown>>;
}

const ErrorWords = createContext<(error: unknown) => ShownError>(() => {
  throw new Error('the root of the console says how errors are worded');
});

/** The root of the console provides how a failed call is put into words. */
export const ErrorWordsProvider = ErrorWords.Provider;

export function useErrorWords(): (error: unknown) => ShownError {
  return useContext(ErrorWords);
}
