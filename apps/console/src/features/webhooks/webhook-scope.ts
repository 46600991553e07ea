import { queryOptions, useMutation } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useOrganization, useSession } from '../../app/session.ts';
import { trpcClient } from '../../app/trpc.ts';
import type { NewEndpoint, WebhookDeliveryStatus } from '../../app/views.ts';

/** Whose endpoints a screen shows: the same screens serve an organization and the platform. */
export interface WebhookScope {
  name: string;
  timeZone: string | undefined;
  /** Why the signed-in person may only look; null = they may change. */
  refusal: string | null;
  /** First part of every key in the query cache. */
  key: readonly unknown[];
  listPath: string;
  endpointPath: (id: string) => string;
  calls: ReturnType<typeof organizationCalls>;
}

export function useOrganizationScope(): WebhookScope {
  const { slug, name, timeZone } = useOrganization();
  return {
    name,
    timeZone,
    refusal: null,
    key: ['webhooks', slug],
    listPath: paths.webhooks(slug),
    endpointPath: (id) => paths.webhook(slug, id),
    calls: organizationCalls(slug),
  };
}

export function usePlatformScope(): WebhookScope {
  return {
    name: 'Admin',
    timeZone: undefined,
    refusal: staffRefusal(useSession(), 'super_admin'),
    key: ['webhooks', 'platform'],
    listPath: paths.adminWebhooks(),
    endpointPath: paths.adminWebhook,
    calls: platformCalls(),
  };
}

/** The endpoint of the address. */
export function useEndpointId(): string {
  const { endpoint } = useParams({ strict: false });
  if (endpoint === undefined) throw new Error('the route names an endpoint');
  return endpoint;
}

export interface DeliveryFilter {
  endpointId: string;
  status?: WebhookDeliveryStatus;
  cursor?: string;
}

export interface EndpointChange {
  endpointId: string;
  url?: string;
  description?: string;
  isEnabled?: boolean;
}

function organizationCalls(organization: string) {
  const { webhooks } = trpcClient;
  return {
    list: () => webhooks.list.query({ organization }),
    get: (endpointId: string) => webhooks.get.query({ organization, endpointId }),
    deliveries: (filter: DeliveryFilter) => webhooks.deliveries.query({ organization, ...filter }),
    delivery: (deliveryId: string) => webhooks.delivery.query({ organization, deliveryId }),
    create: (input: NewEndpoint) => webhooks.create.mutate({ organization, ...input }),
    change: (input: EndpointChange) => webhooks.change.mutate({ organization, ...input }),
    rotate: (endpointId: string) => webhooks.rotate.mutate({ organization, endpointId }),
    remove: (endpointId: string) => webhooks.remove.mutate({ organization, endpointId }),
    test: (endpointId: string) => webhooks.test.mutate({ organization, endpointId }),
    resend: (deliveryId: string) => webhooks.resend.mutate({ organization, deliveryId }),
    resendUndelivered: (input: { endpointId: string; since: string }) =>
      webhooks.resendUndelivered.mutate({ organization, ...input }),
  };
}

function platformCalls(): ReturnType<typeof organizationCalls> {
  const { webhooks } = trpcClient.admin;
  return {
    list: () => webhooks.list.query(),
    get: (endpointId) => webhooks.get.query({ endpointId }),
    deliveries: (filter) => webhooks.deliveries.query(filter),
    delivery: (deliveryId) => webhooks.delivery.query({ deliveryId }),
    create: (input) => webhooks.create.mutate(input),
    change: (input) => webhooks.change.mutate(input),
    rotate: (endpointId) => webhooks.rotate.mutate({ endpointId }),
    remove: (endpointId) => webhooks.remove.mutate({ endpointId }),
    test: (endpointId) => webhooks.test.mutate({ endpointId }),
    resend: (deliveryId) => webhooks.resend.mutate({ deliveryId }),
    resendUndelivered: (input) => webhooks.resendUndelivered.mutate(input),
  };
}

/** What is on its way changes within seconds. */
const busyIntervalMs = 2_000;
const calmIntervalMs = 15_000;

export function deliveriesOptions(scope: WebhookScope, filter: DeliveryFilter) {
  return queryOptions({
    queryKey: [...scope.key, 'deliveries', filter],
    queryFn: () => scope.calls.deliveries(filter),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status, attempts }) => status === 'pending' && attempts === 0) === true
        ? busyIntervalMs
        : calmIntervalMs,
  });
}

export function endpointOptions(scope: WebhookScope, endpointId: string) {
  return queryOptions({
    queryKey: [...scope.key, 'endpoint', endpointId],
    queryFn: () => scope.calls.get(endpointId),
    refetchInterval: calmIntervalMs,
  });
}

/** A command after which everything about this scope's endpoints is read again. */
export function useEndpointCommand<Input, Output>(
  scope: WebhookScope,
  run: (input: Input) => Promise<Output>,
  onDone?: (output: Output) => void,
) {
  return useMutation({
    mutationFn: run,
    onSuccess: async (output: Output) => {
      onDone?.(output);
      await queryClient.invalidateQueries({ queryKey: scope.key });
    },
  });
}
