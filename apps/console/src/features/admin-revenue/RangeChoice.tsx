import { SegmentedControl } from '@mantine/core';
import { oneOf } from '../../app/url-state.ts';

type Range = '12' | '6' | '3';

export function RangeChoice({ value, onChange }: { value: Range; onChange: (range: Range) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Range"
      value={value}
      onChange={(next) => onChange(oneOf(next, ['12', '6', '3']))}
      data={[
        { value: '3', label: '3 months' },
        { value: '6', label: '6 months' },
        { value: '12', label: '12 months' },
      ]}
    />
  );
}
