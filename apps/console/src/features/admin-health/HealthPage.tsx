import { useQuery } from '@tanstack/react-query';
import { liveIntervalMs } from '../../app/query-client.ts';
import { trpc } from '../../app/trpc.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { HealthTiles } from '../../components/HealthTiles.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { DoctorBlock } from './DoctorBlock.tsx';

export function HealthPage() {
  const query = useQuery(
    trpc.admin.health.tiles.queryOptions(undefined, { refetchInterval: liveIntervalMs }),
  );
  return (
    <>
      <PageHeader
        title="Health"
        context="Admin"
        lead={
          query.data === undefined ? (
            ' '
          ) : (
            <>
              Checked <DateTime at={query.data.asOf} as="time" />. Unknown is not healthy.
            </>
          )
        }
      />
      <div className="mg-stack-lg">
        <Block title="Checks" subject="health" query={query} shape="cards">
          {(data) => <HealthTiles tiles={data.tiles} />}
        </Block>
        <DoctorBlock />
      </div>
    </>
  );
}
