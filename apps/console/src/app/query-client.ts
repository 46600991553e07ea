import { QueryClient } from '@tanstack/react-query';
import { showError } from './show-error.ts';

export { liveIntervalMs } from './live-state.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (failureCount, error) => {
        const { kind } = showError(error);
        return failureCount < 1 && (kind === 'failed' || kind === 'offline');
      },
      retryDelay: 800,
    },
    mutations: { retry: false },
  },
});
