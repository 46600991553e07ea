import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../app/session.ts';
import { trpc } from '../app/trpc.ts';
import { shortId } from './short-id.ts';

const clientsMax = 100;
const nobody = 'none';

/** Names behind the client ids that usage carries. An id that is not among the first hundred stays a short id. */
export function useClientNames(): (client: string | null) => string {
  const { slug: organization } = useOrganization();
  const query = useQuery(
    trpc.clients.list.queryOptions({ organization, limit: clientsMax }, { staleTime: 60_000 }),
  );
  const names = new Map((query.data?.items ?? []).map(({ id, name }) => [id, name]));
  return (client) => {
    if (client === null || client === nobody) return 'No client named';
    return names.get(client) ?? shortId(client);
  };
}
