import { QueryClient } from '@tanstack/react-query';
import { showError } from './show-error.ts';

/** How often live screens ask again. Hidden tabs do not ask. */
export const liveIntervalMs = 15_000;

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
