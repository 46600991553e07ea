import type { ApiKeyScope } from '@metergate/core';
import { databaseUnavailable } from '@metergate/db';
import { resolveOrganization } from '../../auth/actor.ts';
import type { Container } from '../../container.ts';
import { largeBytes } from '../bodies/read-json.ts';
import { restRoutes } from '../rest/index.ts';
import { checkAnswer, readBody } from '../rest/rest-router.ts';
import type { ApiKeyActor, RestRoute } from '../rest/route.ts';
import { createUsageRecorder } from '../usage-recorder.ts';

export interface LeanCall {
  actor: ApiKeyActor;
  requestId: string;
  body: unknown;
}

/** A POST whose address is one fixed path. */
export interface LeanRoute {
  path: string;
  scope: ApiKeyScope;
  /** Whether a body of this length is worth reading now. */
  beforeBody?(bytes: number): void;
  answer(call: LeanCall): Promise<{ status: number; body: unknown }>;
}

/** The intake of usage, and the lean routes of the list whose path names nothing. */
export function leanRoutesOf(container: Container): LeanRoute[] {
  const record = createUsageRecorder(container);
  const decisions = restRoutes.flatMap((route) => {
    const isFixed = route.isLean === true && route.method === 'post' && !route.path.includes('{');
    return isFixed && route.scope !== null ? [decisionRoute(container, route, route.scope)] : [];
  });
  return [
    {
      path: '/v1/usage-events',
      scope: 'usage:write',
      beforeBody: (bytes) => refuseWhileAway(container, bytes),
      answer: async ({ actor, body }) => ({ status: 200, body: await record(actor, body) }),
    },
    ...decisions,
  ];
}

/** A large batch would be taken apart only to be refused. Small ones are, because they may be malformed as well. */
function refuseWhileAway({ metering }: Container, bytes: number): void {
  if (bytes > largeBytes && metering.outage.watch.isAway) {
    throw databaseUnavailable(new Error('the database is away'));
  }
}

function decisionRoute(container: Container, route: RestRoute, scope: ApiKeyScope): LeanRoute {
  return {
    path: route.path,
    scope,
    async answer({ actor, requestId, body }) {
      const answer = await route.handle({
        container,
        actor,
        requestId,
        organizationId: null,
        params: {},
        query: undefined,
        body: readBody(route, body),
        ifNoneMatch: undefined,
        organization: (reference) => resolveOrganization(container, actor, reference),
      });
      return { status: answer.status ?? 200, body: checkAnswer(route, answer).body };
    },
  };
}
