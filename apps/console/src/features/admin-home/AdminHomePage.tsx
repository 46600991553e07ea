import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useSession } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { AuditTable } from '../../components/AuditTable.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { HealthTiles } from '../../components/HealthTiles.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { NeedsAttention } from './NeedsAttention.tsx';
import { SavedViews } from './SavedViews.tsx';

/** What needs me? */
export function AdminHomePage() {
  const session = useSession();
  const health = useQuery(
    trpc.admin.health.tiles.queryOptions(undefined, { refetchInterval: liveIntervalMs }),
  );
  const audit = useQuery(
    trpc.admin.audit.list.queryOptions({ limit: 6 }, { refetchInterval: liveIntervalMs }),
  );
  return (
    <>
      <PageHeader
        title="Home"
        context="Admin"
        lead={`What needs a person right now, ${session.user.name.split(' ')[0] ?? ''}.`}
      />
      <div className="mg-grid">
        <Block
          title="Health"
          subject="health"
          query={health}
          shape="cards"
          actions={
            <>
              {health.data === undefined ? null : (
                <span className="mg-muted mg-caption">
                  as of <DateTime at={health.data.asOf} as="time" />
                </span>
              )}
              <AppLink to={paths.adminHealth()}>All checks</AppLink>
            </>
          }
        >
          {(data) => (
            <HealthTiles tiles={data.tiles.filter((tile) => tile.state !== 'ok')} total={data.tiles.length} />
          )}
        </Block>
        <div data-span="7">
          <NeedsAttention />
        </div>
        <div data-span="5">
          <SavedViews />
        </div>
        <Block
          title="Latest staff and system actions"
          subject="the audit log"
          query={audit}
          shape="table"
          flush
          actions={<AppLink to={paths.adminAudit()}>Audit log</AppLink>}
        >
          {(page) => <AuditTable rows={page.items} isStaffView />}
        </Block>
      </div>
    </>
  );
}
