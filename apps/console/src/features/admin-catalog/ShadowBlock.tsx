import { Button, FileInput, SegmentedControl } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { offerDownload } from '../../app/offer-download.ts';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import { Content } from '../../ui/Block.tsx';
import { ShadowMonths } from './ShadowMonths.tsx';
import { readShadow } from './shadow-months.ts';

const defaults = { months: '3' };

interface ShadowBlockProps {
  family: string;
  name: string;
}

interface Asked {
  /** Text of the file when it was asked for; null = without a draft. */
  draft: string | null;
  /** Every press asks anew: what was used and the file may have changed since. */
  count: number;
}

/** Closed months billed again: under what is sold now, or under a draft from a file. Asked for, as it counts much. */
export function ShadowBlock({ family, name }: ShadowBlockProps) {
  const { values, set } = useUrlState(defaults);
  const months = oneOf(values.months, ['3', '6', '12']);
  const [file, setFile] = useState<File | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isUnreadable, setUnreadable] = useState(false);
  const id = useId();
  /** What is shown always belongs to what is chosen. */
  function choose(next: File | null) {
    setFile(next);
    setAsked(null);
    setUnreadable(false);
  }
  async function compare() {
    try {
      const draft = file === null ? null : await file.text();
      setAsked({ draft, count: (asked?.count ?? 0) + 1 });
    } catch {
      // A browser refuses a file that was changed after it was chosen.
      setAsked(null);
      setUnreadable(true);
    }
  }
  return (
    <section className="mg-block" aria-labelledby={id}>
      <div className="mg-block-head">
        <h2 id={id}>Past months of {name} at other prices</h2>
        <SegmentedControl
          size="xs"
          aria-label="Past months"
          value={months}
          onChange={(next) => set({ months: oneOf(next, ['3', '6', '12']) })}
          data={['3', '6', '12'].map((value) => ({ value, label: `${value} months` }))}
        />
      </div>
      <div className="mg-block-body mg-stack">
        <DraftChoice
          family={family}
          file={file}
          problem={isUnreadable ? 'This file was changed or moved since. Choose it again.' : null}
          onChoose={choose}
          onCompare={compare}
        />
        {asked === null ? null : <Compared family={family} months={months} asked={asked} />}
      </div>
    </section>
  );
}

interface ComparedProps {
  family: string;
  months: string;
  asked: Asked;
}

function Compared({ family, months, asked: { draft, count } }: ComparedProps) {
  const shadow = useQuery({
    queryKey: ['shadow', family, months, count, draft],
    queryFn: () => readShadow({ family, draft, months }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <div aria-busy={shadow.isPending}>
      <Content query={shadow} subject="past months" shape="table">
        {(found) => <ShadowMonths months={found} family={family} hasDraft={draft !== null} />}
      </Content>
    </div>
  );
}

interface DraftChoiceProps {
  family: string;
  file: File | null;
  problem: string | null;
  onChoose: (file: File | null) => void;
  onCompare: () => void;
}

function DraftChoice({ family, file, problem, onChoose, onCompare }: DraftChoiceProps) {
  const download = useMutation({
    mutationFn: async () => {
      const text = await queryClient.fetchQuery(trpc.admin.catalog.source.queryOptions({ family }));
      offerDownload(text, `${family}.json`);
    },
  });
  return (
    <div className="mg-stack">
      <FileInput
        label="Draft"
        description="A JSON file of the family. Without one: what is sold now, for those who have an older version."
        placeholder="Choose a file"
        accept="application/json,.json"
        clearable
        clearButtonProps={{ 'aria-label': 'Take the draft away' }}
        value={file}
        onChange={onChoose}
        error={problem}
      />
      <div className="mg-row">
        <Button onClick={onCompare}>Compare</Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          Download what is sold now
        </Button>
      </div>
      {download.error === null ? null : (
        <span role="alert" className="mg-field-error">
          {showError(download.error).text}
        </span>
      )}
    </div>
  );
}
