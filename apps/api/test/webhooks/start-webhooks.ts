import type { MessageType, OrganizationId } from '@metergate/core';
import { type HttpAnswer, startTestApi, type TestApi } from '../start-test-api.ts';

/** The application, an owner with an organization, and shorthand for what tests of webhooks do all the time. */
export interface TestWebhooks extends TestApi {
  owner: { userId: string; cookie: string };
  organizationId: OrganizationId;
  /** A call of the router as the owner. */
  call(path: string, type: 'query' | 'mutation', input?: object, cookie?: string): Promise<HttpAnswer>;
  /** Makes an endpoint; answers its id and secret. */
  endpoint(url: string, types?: MessageType[]): Promise<{ id: string; secret: string }>;
  /** Appends a message as a use-case would. */
  tell(type: MessageType, fact: string, organizationId?: OrganizationId): Promise<void>;
  /** Lets business time go on and everything due happen. */
  pass(seconds: number): Promise<void>;
}

export async function startTestWebhooks(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestWebhooks> {
  const api = await startTestApi({ TEST_SEAMS: '1', ...settings });
  const owner = await api.signUp('owner@acme.test');
  const organizationId = await api.addOrganization('acme', { [owner.userId]: 'owner' });
  const call: TestWebhooks['call'] = (path, type, ...[input = {}, cookie = owner.cookie]) =>
    api.trpc({ path: `webhooks.${path}`, type, input: { organization: 'acme', ...input }, cookie });
  return {
    ...api,
    owner,
    organizationId,
    call,
    async endpoint(url, types = []) {
      const made = await call('create', 'mutation', { url, types });
      if (made.status !== 200) throw new Error(`no endpoint: ${made.text}`);
      const { endpoint, secret } = made.json.result.data;
      return { id: endpoint.id, secret };
    },
    tell(type, fact, about = organizationId) {
      const { unitOfWork, clock } = api.container;
      return unitOfWork.run(about, (tx) =>
        tx.messages.add({ organizationId: about, type, fact, data: { fact }, occurredAt: clock.now() }),
      );
    },
    async pass(seconds) {
      const { clock } = api.container;
      clock.moveTo(new Date(clock.now().getTime() + seconds * 1000));
      await api.container.drainUntilIdle();
    },
  };
}
