import { Tabs } from '../ui/Tabs.tsx';

interface QueueTabsProps<T extends string> {
  status: T;
  /** In the order in which they are shown; `all` is always offered. */
  statuses: readonly T[];
  labels: Readonly<Record<T, string>>;
  counts: Partial<Record<string, number>> | undefined;
  onChange: (status: T) => void;
}

/** States of what is worked through, with how many there are; one that nothing is in is not offered. */
export function QueueTabs<T extends string>(props: QueueTabsProps<T>) {
  const { status, statuses, labels, counts, onChange } = props;
  return (
    <Tabs
      label="Status"
      value={status}
      onChange={onChange}
      tabs={statuses
        .filter((value) => value === 'all' || value === status || (counts?.[value] ?? 0) > 0)
        .map((value) => ({
          value,
          label: labels[value],
          count: value === 'all' ? undefined : counts?.[value],
          tone: value === 'failed' || value === 'dead' ? ('danger' as const) : undefined,
        }))}
    />
  );
}
