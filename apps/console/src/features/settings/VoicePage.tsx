import { Button, Switch, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { VoiceConfig } from '../../app/views.ts';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { SaveRow } from '../../ui/SaveRow.tsx';

const agentIdPattern = /^[A-Za-z0-9_-]+$/;
const languagePattern = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?$/;

export function VoicePage() {
  const { slug: organization, name } = useOrganization();
  const query = useQuery(trpc.voice.get.queryOptions({ organization }));
  return (
    <>
      <PageHeader
        title="Voice"
        context={name}
        lead="Which agent answers calls, and whether it translates live."
      />
      <Block
        title="Voice configuration"
        subject="the voice configuration"
        query={query}
        shape="bars"
        hideTitle
      >
        {(config) =>
          config.unlocked ? <LatestVoiceForm config={config} /> : <LockedVoice config={config} />
        }
      </Block>
    </>
  );
}

function LockedVoice({ config }: { config: VoiceConfig }) {
  const { slug: organization } = useOrganization();
  return (
    <div className="mg-stack">
      <EmptyState
        reason="not_in_plan"
        title="Live translation comes with Voice Business"
        action={
          <ButtonLink
            leftSection={<IconLock size={16} aria-hidden />}
            to={paths.plans(organization, { family: 'voice-ops' })}
          >
            See plans
          </ButtonLink>
        }
      >
        Your plan takes calls and transcribes them. Business adds your own agent and translation between two
        languages.
      </EmptyState>
      {config.updatedAt === null ? null : <KeptSettings config={config} />}
    </div>
  );
}

/** What was set while the plan allowed it: kept, and valid again with a plan that has it. */
function KeptSettings({ config }: { config: VoiceConfig }) {
  const { aiAgentId, translationEnabled, translationFrom, translationTo } = config;
  return (
    <>
      <p className="mg-muted">Your settings are kept and count again with a plan that includes them.</p>
      <Facts
        facts={[
          ['AI agent id', aiAgentId ?? 'None'],
          ['Translation', translationEnabled ? `${translationFrom} to ${translationTo}` : 'Off'],
        ]}
      />
    </>
  );
}

/** Filled anew only when somebody asks for it: what stands in the fields is never replaced behind their back. */
function LatestVoiceForm({ config }: { config: VoiceConfig }) {
  const [filled, setFilled] = useState(0);
  /** Not read again: the block above says so, and what was typed stays. */
  const reload = () =>
    queryClient.refetchQueries(trpc.voice.get.queryFilter(), { throwOnError: true }).then(
      () => setFilled(filled + 1),
      () => undefined,
    );
  return <VoiceForm key={filled} config={config} onReload={reload} isReloaded={filled > 0} />;
}

function takeFocus(input: HTMLInputElement | null): void {
  input?.focus();
}

interface VoiceFormProps {
  config: VoiceConfig;
  onReload: () => void;
  isReloaded: boolean;
}

function VoiceForm({ config, onReload, isReloaded }: VoiceFormProps) {
  const { slug: organization } = useOrganization();
  const [agentId, setAgentId] = useState(config.aiAgentId ?? '');
  const [isOn, setOn] = useState(config.translationEnabled);
  const [from, setFrom] = useState(config.translationFrom ?? '');
  const [to, setTo] = useState(config.translationTo ?? '');
  const { basis, save, failure } = useSave(config);
  const agentProblem =
    agentId === '' || agentIdPattern.test(agentId) ? null : 'Letters, digits, - and _ only.';
  const languageProblem = (value: string) =>
    !isOn || languagePattern.test(value) ? null : 'A language code, for example en or de.';
  const isSame = isOn && from !== '' && from.toLowerCase() === to.toLowerCase();
  const toProblem = isSame ? 'Another language than the first.' : languageProblem(to);
  const isValid = agentProblem === null && languageProblem(from) === null && toProblem === null;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isValid) return;
    save.mutate({
      organization,
      aiAgentId: agentId === '' ? null : agentId,
      translationEnabled: isOn,
      translationFrom: from === '' ? null : from,
      translationTo: to === '' ? null : to,
      expectedUpdatedAt: basis,
    });
  }
  return (
    <form className="mg-stack mg-measure" onSubmit={submit}>
      <TextInput
        label="AI agent id"
        description="As your voice provider shows it."
        value={agentId}
        onChange={(event) => setAgentId(event.currentTarget.value.trim())}
        maxLength={128}
        error={agentProblem}
        ref={isReloaded ? takeFocus : undefined}
      />
      <Switch
        label="Translate calls live"
        checked={isOn}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
      <div className="mg-row">
        <TextInput
          label="From"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value.trim())}
          maxLength={10}
          error={languageProblem(from)}
          disabled={!isOn}
        />
        <TextInput
          label="To"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value.trim())}
          maxLength={10}
          error={toProblem}
          disabled={!isOn}
        />
      </div>
      <SaveRow error={failure} isPending={save.isPending} isSaved={save.isSuccess} isDisabled={!isValid}>
        {failure?.code === 'VOICE_CONFIG_CHANGED' ? (
          <Button type="button" variant="default" onClick={onReload}>
            Reload the settings
          </Button>
        ) : null}
      </SaveRow>
    </form>
  );
}

/** `basis`: what the fields were filled from, so that somebody else's change is not overwritten by what stands in them. */
function useSave(config: VoiceConfig) {
  const [basis, setBasis] = useState(config.updatedAt);
  const save = useMutation(
    trpc.voice.update.mutationOptions({
      onSuccess: ({ updatedAt }) => {
        setBasis(updatedAt);
        return queryClient.invalidateQueries(trpc.voice.get.queryFilter());
      },
    }),
  );
  return { basis, save, failure: save.error === null ? null : showError(save.error) };
}
