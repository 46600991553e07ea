import { setTimeout as wait } from 'node:timers/promises';
import { DoubleRefusal, type DoubleRequest } from './double-request.ts';
import { handlers } from './handlers.ts';

const alwaysAnswered = ['organizations.session'];

export async function answerCall(name: string, input: unknown, request: DoubleRequest): Promise<unknown> {
  try {
    if (request.isSignedIn === false) throw new DoubleRefusal(401, 'SIGNED_OUT', 'Sign in first.');
    if (!alwaysAnswered.includes(name)) await provoke(name, request);
    const handler: unknown = name
      .split('.')
      .reduce<unknown>((at, key) => Reflect.get(Object(at), key), handlers);
    if (typeof handler !== 'function') throw new DoubleRefusal(404, 'NOT_FOUND', 'No such procedure.');
    return { result: { data: handler(input, request) } };
  } catch (error) {
    const refusal =
      error instanceof DoubleRefusal ? error : new DoubleRefusal(500, 'INTERNAL', String(error));
    return {
      error: {
        message: refusal.message,
        code: -32000,
        data: {
          code: refusal.code,
          httpStatus: refusal.status,
          appCode: refusal.code,
          ...(refusal.status < 500 ? { userMessage: refusal.message } : {}),
          requestId: 'req_8KDQ2',
          retriable: false,
          details: refusal.details,
        },
      },
    };
  }
}

async function provoke(name: string, { state }: DoubleRequest) {
  if (state === 'loading') await wait(60_000);
  if (state === 'error') throw new DoubleRefusal(500, 'INTERNAL', 'provoked');
  if (state === 'forbidden' && name !== 'invoices.notices') {
    throw new DoubleRefusal(403, 'FORBIDDEN', 'Only owners and admins see this. Ask Maria Lopez.');
  }
}
