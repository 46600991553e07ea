import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { requireFreePort } from './ports.ts';

test.each([4190, 6000, 10080])(
  'port %i, which no browser opens, is refused before anything is started',
  async (port) => {
    await expect(requireFreePort(port, 'PORT')).rejects.toThrow(
      `Port ${port} is one that browsers refuse to open. Set PORT to another port, for example PORT=${port + 100}.`,
    );
  },
);

test('a port of another program is refused, and a free one is not', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on a port');
  await expect(requireFreePort(address.port, 'PORT')).rejects.toThrow('is in use by another program');
  await new Promise((resolve) => server.close(resolve));
  await expect(requireFreePort(address.port, 'PORT')).resolves.toBeUndefined();
  await expect(requireFreePort(0, 'PORT')).resolves.toBeUndefined();
});
