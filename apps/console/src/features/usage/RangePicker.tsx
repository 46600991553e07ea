import { SegmentedControl } from '@mantine/core';
import { oneOf } from '../../app/url-state.ts';
import { type Range, rangeLabels, ranges } from './ranges.ts';

export function RangePicker({ value, onChange }: { value: Range; onChange: (range: Range) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Range"
      value={value}
      onChange={(next) => onChange(oneOf(next, ranges))}
      data={ranges.map((range) => ({ value: range, label: rangeLabels[range] }))}
    />
  );
}
