import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { FlagDetail } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';
import { EvaluationOrder } from './EvaluationOrder.tsx';
import { ExplainBlock } from './ExplainBlock.tsx';
import { FlagHistory } from './FlagHistory.tsx';
import { flagState } from './flag-state.ts';
import { OverridesBlock } from './OverridesBlock.tsx';
import { RolloutEditor } from './RolloutEditor.tsx';
import './flags.css';

export function FlagPage() {
  const { flag: key = '' } = useParams({ strict: false });
  const query = useQuery(trpc.admin.flags.get.queryOptions({ key }));
  const flag = query.data;
  return (
    <>
      <PageHeader
        title={key}
        context="Admin"
        above={<AppLink to={paths.adminFlags()}>Flags</AppLink>}
        lead={
          flag === undefined ? (
            ' '
          ) : (
            <span className="mg-row">
              <StatusBadge status={flagState(flag)} /> {flag.description} · {flag.kind} · owner {flag.owner} ·
              version {flag.version}
            </span>
          )
        }
        actions={flag === undefined ? undefined : <KillSwitch flag={flag} />}
      />
      <div className="mg-grid" data-align="start">
        <Block title="Evaluation order" subject="the flag" query={query}>
          {(data) => <EvaluationOrder flag={data} />}
        </Block>
        <div data-span="7">
          <Block title="Rollout" subject="the flag" query={query} shape="bars">
            {(data) => <RolloutEditor key={data.version} flag={data} />}
          </Block>
        </div>
        <div data-span="5" className="mg-stack-lg">
          <ExplainBlock flagKey={key} />
        </div>
        <OverridesBlock flagKey={key} query={query} />
        <Block title="History" subject="the history" query={query} shape="table" flush>
          {(data) => <FlagHistory flag={data} />}
        </Block>
      </div>
    </>
  );
}

function KillSwitch({ flag }: { flag: FlagDetail }) {
  const session = useSession();
  const [isAsking, setAsking] = useState(false);
  const kill = useMutation(
    trpc.admin.flags.kill.mutationOptions({
      onSuccess: (next) => {
        queryClient.setQueryData(trpc.admin.flags.get.queryKey({ key: flag.key }), next);
        setAsking(false);
      },
    }),
  );
  return (
    <>
      <GuardedButton
        color={flag.isKilled ? 'accent' : 'danger'}
        variant={flag.isKilled ? 'default' : 'filled'}
        refusal={staffRefusal(session, 'super_admin')}
        onClick={() => setAsking(true)}
      >
        {flag.isKilled ? 'Release the kill switch' : 'Kill switch'}
      </GuardedButton>
      {isAsking ? (
        <ReasonDialog
          title={flag.isKilled ? `Release ${flag.key}` : `Kill ${flag.key}`}
          opened
          onClose={() => setAsking(false)}
          confirmLabel={flag.isKilled ? 'Release' : 'Kill now'}
          tone={flag.isKilled ? 'accent' : 'danger'}
          initialReason="incident"
          isPending={kill.isPending}
          error={kill.error === null ? null : showError(kill.error)}
          onConfirm={(reason) => kill.mutate({ key: flag.key, killed: !flag.isKilled, reason })}
        >
          {flag.isKilled
            ? 'Rules, overrides and rollout decide again, as they stand below.'
            : `Every organization gets the default (${String(flag.defaultValue)}) within seconds, overrides included.`}
        </ReasonDialog>
      ) : null}
    </>
  );
}
