import { useState } from 'react';
import { queryClient } from '../app/query-client.ts';
import { type StepResult, useSequence } from '../app/use-sequence.ts';
import type { BulkRun } from '../app/views.ts';
import { useBulkRun } from './use-bulk-run.ts';

interface BulkRow {
  key: string;
  name: string;
}

interface BulkSteps {
  kind: BulkRun['kind'];
  rows: readonly BulkRow[];
  preview: (key: string) => Promise<string>;
}

/** A look is made by this page and ends with it; what is carried out is the worker's. */
export function useBulkSteps({ kind, rows, preview }: BulkSteps) {
  const sequence = useSequence();
  const { run, start, cancel } = useBulkRun(kind);
  const shown = shownRun(run, rows);
  const [isLook, setLook] = useState(shown?.status !== 'running');
  const isCarriedOut = shown?.status === 'running';
  const stopRun = () => (shown === null ? undefined : cancel.mutate({ id: shown.id }));
  return {
    results: isLook || shown === null ? sequence.results : resultsOf(shown),
    isRunning: sequence.isRunning || isCarriedOut || start.isPending,
    /** The run that the results are of; null = they are of a look. */
    run: isLook ? null : shown,
    error: start.error ?? cancel.error,
    stop: isCarriedOut ? stopRun : sequence.isRunning ? sequence.stop : null,
    async look(perSecond: number) {
      setLook(true);
      const keys = rows.map(({ key }) => key);
      await sequence.run(keys, { step: preview, perSecond });
      await queryClient.invalidateQueries();
    },
    carryOut(wish: { perSecond: number; reason: string }) {
      const items = rows.map(({ key, name }) => ({ key, name }));
      // Not before it started: until then the last run may be an older one of the same rows.
      start.mutate({ kind, items, ...wish }, { onSuccess: () => setLook(false) });
    },
  };
}

/** The last run when it is about these rows. */
function shownRun(run: BulkRun | null, rows: readonly BulkRow[]): BulkRun | null {
  const isAboutThem = run?.items.every(({ key }) => rows.some((row) => row.key === key)) === true;
  return isAboutThem ? run : null;
}

function resultsOf({ items, status }: BulkRun): ReadonlyMap<string, StepResult> {
  const next = status === 'running' ? items.find(({ state }) => state === 'waiting') : undefined;
  return new Map(
    items.flatMap((item): [string, StepResult][] => {
      if (item.state !== 'waiting') return [[item.key, { state: item.state, text: item.text }]];
      return item === next ? [[item.key, { state: 'running', text: '' }]] : [];
    }),
  );
}
