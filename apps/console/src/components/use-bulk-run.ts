import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from '../app/query-client.ts';
import { trpc } from '../app/trpc.ts';
import type { BulkRun } from '../app/views.ts';

const lookAgainMs = 700;

/** The last run of this kind, looked at again while it goes on; a worker carries it out, whoever looks. */
export function useBulkRun(kind: BulkRun['kind']) {
  const query = useQuery(
    trpc.admin.bulk.latest.queryOptions(
      { kind },
      { refetchInterval: ({ state }) => (state.data?.status === 'running' ? lookAgainMs : false) },
    ),
  );
  const onSuccess = () => queryClient.invalidateQueries();
  const start = useMutation(trpc.admin.bulk.start.mutationOptions({ onSuccess }));
  const cancel = useMutation(trpc.admin.bulk.cancel.mutationOptions({ onSuccess }));
  return { run: query.data ?? null, start, cancel };
}

export function progressText({ items, status }: BulkRun): string {
  const done = items.filter(({ state }) => state !== 'waiting').length;
  const failed = items.filter(({ state }) => state === 'failed').length;
  const words = { running: 'done', done: 'done', canceled: 'done, then canceled' } as const;
  return `${done} of ${items.length} ${words[status]}${failed === 0 ? '' : `, ${failed} failed`}`;
}
