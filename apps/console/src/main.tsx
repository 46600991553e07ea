import './app/tokens.css';
import './app/mantine-styles.ts';
import './app/base.css';
import './ui/ui.css';
import './ui/table.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { cspNonce } from './app/csp-nonce.ts';
import { leaveWhenSignedOut } from './app/leave-when-signed-out.ts';
import { queryClient } from './app/query-client.ts';
import { showError } from './app/show-error.ts';
import { cssVariablesResolver, theme } from './app/theme.ts';
import { router } from './routes.tsx';
import { ErrorWordsProvider } from './ui/shown-error.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has the element the console renders into');

leaveWhenSignedOut(queryClient, {
  here: () => router.latestLocation.href,
  go: (href) => router.navigate({ href, replace: true }),
});

createRoot(root).render(
  <MantineProvider
    theme={theme}
    cssVariablesResolver={cssVariablesResolver}
    defaultColorScheme="auto"
    getStyleNonce={() => cspNonce}
  >
    <QueryClientProvider client={queryClient}>
      <ErrorWordsProvider value={showError}>
        <RouterProvider router={router} />
      </ErrorWordsProvider>
    </QueryClientProvider>
  </MantineProvider>,
);
