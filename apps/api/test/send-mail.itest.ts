import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let mailServer: Server;
const received: string[] = [];
let isRefusing = false;

beforeAll(async () => {
  mailServer = await startMailServer();
  const { port } = mailServer.address() as AddressInfo;
  api = await startTestApi({
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'Metergate <billing@metergate.test>',
  });
});
afterAll(async () => {
  await api.stop();
  mailServer.close();
});

describe('mails', () => {
  it('leave through the mail server once, with text and HTML', async () => {
    const owner = await api.signUp('ann@acme.test');
    await api.addOrganization('acme', { [owner.userId]: 'owner' });
    const input = { organization: 'acme', email: 'guest@acme.test', role: 'member' };
    const invited = await api.trpc({ path: 'members.invite', type: 'mutation', input, cookie: owner.cookie });
    expect(invited.status).toBe(200);
    await api.container.drainUntilIdle();
    await api.container.drainUntilIdle();
    expect(received).toHaveLength(1);
    expect(received[0]).toContain('To: guest@acme.test');
    expect(received[0]).toContain('text/html');
    const { rows } = await api.db.owner.query(`select status from emails`);
    expect(rows).toEqual([{ status: 'sent' }]);
  });

  it('wait while the mail server refuses them, and leave afterwards', async () => {
    isRefusing = true;
    const answer = await api.rest({
      method: 'POST',
      path: '/api/auth/request-password-reset',
      body: { email: 'ann@acme.test', redirectTo: '/reset-password' },
      headers: { origin: api.url },
    });
    expect(answer.status).toBe(200);
    await api.container.drainUntilIdle();
    expect(received).toHaveLength(1);
    isRefusing = false;
    await api.container.drainUntilIdle();
    expect(received).toHaveLength(2);
    expect(received[1]).toContain('To: ann@acme.test');
  });
});

/** As much of SMTP as a sender needs: it takes every mail, or refuses every recipient. */
async function startMailServer(): Promise<Server> {
  const server = createServer((socket) => {
    let mail: string[] | null = null;
    const answerTo = (line: string): string => {
      if (mail !== null) {
        if (line !== '.') {
          mail.push(line);
          return '';
        }
        received.push(mail.join('\n'));
        mail = null;
      }
      if (line === 'DATA') mail = [];
      return replyTo(line);
    };
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => socket.write(chunk.toString().split('\r\n').map(answerTo).join('')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function replyTo(line: string): string {
  if (line === '') return '';
  if (line === 'DATA') return '354 go on\r\n';
  if (line === 'QUIT') return '221 bye\r\n';
  return isRefusing && line.startsWith('RCPT') ? '451 later\r\n' : '250 ok\r\n';
}
