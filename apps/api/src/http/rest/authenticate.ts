import type { ApiKeyScope } from '@metergate/core';
import type { RequestHandler } from 'express';
import { requireScope } from '../../auth/actor.ts';
import { authenticateApiKey } from '../../auth/api-key.ts';
import type { Container } from '../../container.ts';

/** Leaves the actor in `response.locals`. Before any body is read: a stranger's megabytes are not parsed. */
export function authenticate(
  container: Pick<Container, 'apiKeys'>,
  scope: ApiKeyScope | null,
): RequestHandler {
  return async (request, response, next) => {
    const actor = await authenticateApiKey(container, request);
    if (scope !== null) requireScope(actor, scope);
    response.locals.actor = actor;
    next();
  };
}
