import type { AppRouter } from '@metergate/api';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { queryClient } from './query-client.ts';

/** Plain calls, for screens that serve an organization and the platform alike. */
export const trpcClient = createTRPCClient<AppRouter>({
  links: [httpBatchLink({ url: '/trpc', maxItems: 10, maxURLLength: 2000 })],
});

/** Options of every query and mutation of the API: `useQuery(trpc.limits.list.queryOptions({ … }))`. */
export const trpc: TRPCOptionsProxy<AppRouter> = createTRPCOptionsProxy<AppRouter>({
  client: trpcClient,
  queryClient,
});
