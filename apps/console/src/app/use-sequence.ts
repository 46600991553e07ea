import { useRef, useState } from 'react';
import { createPace } from './pace.ts';
import { showError } from './show-error.ts';

export interface StepResult {
  state: 'running' | 'done' | 'failed';
  text: string;
}

/**
 * Works through rows one after another, at most so many per second, so that a stop leaves nothing half done; each row
 * has its own result.
 */
export function useSequence() {
  const isStopped = useRef(false);
  const [results, setResults] = useState<ReadonlyMap<string, StepResult>>(new Map());
  const [isRunning, setRunning] = useState(false);
  const note = (key: string, result: StepResult) => setResults((known) => new Map(known).set(key, result));
  async function run(
    keys: readonly string[],
    { step, perSecond }: { step: (key: string) => Promise<string>; perSecond: number },
  ): Promise<void> {
    const turn = createPace(perSecond);
    isStopped.current = false;
    setResults(new Map());
    setRunning(true);
    for (const key of keys) {
      await turn();
      if (isStopped.current) break;
      note(key, { state: 'running', text: '' });
      try {
        note(key, { state: 'done', text: await step(key) });
      } catch (error) {
        note(key, { state: 'failed', text: showError(error).text });
      }
    }
    setRunning(false);
  }
  const stop = () => {
    isStopped.current = true;
  };
  return { results, isRunning, run, stop };
}
