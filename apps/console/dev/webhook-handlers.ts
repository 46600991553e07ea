import type { WebhookDelivery, WebhookEndpoint } from '../src/app/views.ts';
import type { Handlers } from './contract.ts';
import { daysAgo, daysAhead, minutesAgo } from './dates.ts';
import { DoubleRefusal } from './double-request.ts';

const endpoints: WebhookEndpoint[] = [
  {
    id: 'whe_1',
    url: 'https://api.acme.example/hooks/metergate',
    description: 'Production back end',
    types: [],
    state: 'enabled',
    failingSince: null,
    disabledAt: null,
    previousSecretUntil: daysAhead(1),
    createdAt: daysAgo(90),
  },
  {
    id: 'whe_2',
    url: 'https://accounting.acme.example/in/3f9c2a7e51d84b0c9a6e',
    description: '',
    types: ['invoice.finalized', 'invoice.paid', 'invoice.payment_failed'],
    state: 'failing',
    failingSince: daysAgo(1),
    disabledAt: null,
    previousSecretUntil: null,
    createdAt: daysAgo(40),
  },
  {
    id: 'whe_3',
    url: 'https://old.acme.example/hooks',
    description: 'Old worker',
    types: ['limit.blocked'],
    state: 'disabled_failing',
    failingSince: daysAgo(9),
    disabledAt: daysAgo(6),
    previousSecretUntil: null,
    createdAt: daysAgo(200),
  },
];

const sent = { nextAttemptAt: null, error: null, responseStatus: 204, attempts: 1 } as const;
const deliveries: WebhookDelivery[] = [
  {
    id: 'whd_1',
    messageId: 'msg_0190a1b2c3d47e5f8a6b7c8d9e0f1a2b',
    type: 'limit.blocked',
    status: 'pending',
    attempts: 3,
    nextAttemptAt: daysAhead(1),
    responseStatus: 503,
    error: 'answered 503',
    createdAt: minutesAgo(12),
    deliveredAt: null,
  },
  {
    id: 'whd_2',
    messageId: 'msg_0190a1b2c3d47e5f8a6b7c8d9e0f1a2c',
    type: 'invoice.paid',
    status: 'delivered',
    createdAt: minutesAgo(50),
    deliveredAt: minutesAgo(50),
    ...sent,
  },
  {
    id: 'whd_3',
    messageId: 'msg_0190a1b2c3d47e5f8a6b7c8d9e0f1a2d',
    type: 'subscription.changed',
    status: 'failed',
    attempts: 12,
    nextAttemptAt: null,
    responseStatus: null,
    error: 'no answer in time',
    createdAt: daysAgo(5),
    deliveredAt: null,
  },
];

function endpoint(id: string): WebhookEndpoint {
  const found = endpoints.find((candidate) => candidate.id === id);
  if (found === undefined)
    throw new DoubleRefusal(404, 'NOT_FOUND', 'This does not exist, or it is not yours to see.');
  return found;
}

function delivery(id: string): WebhookDelivery {
  const found = deliveries.find((candidate) => candidate.id === id);
  if (found === undefined)
    throw new DoubleRefusal(404, 'NOT_FOUND', 'This does not exist, or it is not yours to see.');
  return found;
}

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwM1zT0bXh2vE=';

/** The same for an organization and for the platform. */
export const webhookHandlers = {
  list: (_input: unknown, { state }: { state: string | null }) => (state === 'empty' ? [] : endpoints),
  get: (input: { endpointId: string }) => endpoint(input.endpointId),
  deliveries: (
    input: { status?: WebhookDelivery['status'] | undefined },
    { state }: { state: string | null },
  ) => ({
    items:
      state === 'empty'
        ? []
        : deliveries.filter(({ status }) => input.status === undefined || status === input.status),
    nextCursor: null,
  }),
  delivery: (input: { deliveryId: string }) => ({
    ...delivery(input.deliveryId),
    body: JSON.stringify({
      id: 'msg_0190',
      type: 'limit.blocked',
      data: { feature: 'message', used: '5000' },
    }),
    log: [
      { attempt: 1, startedAt: minutesAgo(12), durationMs: 84, responseStatus: 503, error: 'answered 503' },
    ],
  }),
  create: (input: { url: string; description?: string | undefined }) => {
    const made: WebhookEndpoint = {
      id: `whe_${Date.now()}`,
      url: input.url,
      description: input.description ?? '',
      types: [],
      state: 'enabled',
      failingSince: null,
      disabledAt: null,
      previousSecretUntil: null,
      createdAt: minutesAgo(0),
    };
    endpoints.push(made);
    return { endpoint: made, secret };
  },
  change: (input: { endpointId: string; isEnabled?: boolean | undefined }) =>
    Object.assign(endpoint(input.endpointId), { state: input.isEnabled === false ? 'disabled' : 'enabled' }),
  rotate: (input: { endpointId: string }) => ({
    endpoint: Object.assign(endpoint(input.endpointId), { previousSecretUntil: daysAhead(1) }),
    secret,
  }),
  remove: (input: { endpointId: string }) => {
    endpoints.splice(endpoints.indexOf(endpoint(input.endpointId)), 1);
    return { endpointId: input.endpointId };
  },
  test: () => delivery('whd_1'),
  resend: (input: { deliveryId: string }) => delivery(input.deliveryId),
  resendUndelivered: () => ({ count: 2 }),
} satisfies NonNullable<Handlers['webhooks']>;
