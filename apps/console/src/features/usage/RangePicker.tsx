import { SegmentedControl, TextInput } from '@mantine/core';
import { oneOf } from '../../app/url-state.ts';
import { customProblem, type RangeChoice, rangeLabels, ranges } from './ranges.ts';

interface RangePickerProps {
  choice: RangeChoice;
  onChange: (changes: Partial<RangeChoice>) => void;
}

/** Ready-made spans, or two days of one's own. */
export function RangePicker({ choice, onChange }: RangePickerProps) {
  return (
    <div className="mg-range">
      <SegmentedControl
        size="xs"
        aria-label="Range"
        value={choice.range}
        onChange={(next) => onChange({ range: oneOf(next, ranges) })}
        data={ranges.map((range) => ({ value: range, label: rangeLabels[range] }))}
      />
      {choice.range === 'custom' ? <Days choice={choice} onChange={onChange} /> : null}
    </div>
  );
}

function Days({ choice, onChange }: RangePickerProps) {
  const problem = customProblem(choice);
  return (
    <fieldset className="mg-range-days" aria-label="Days, both included">
      <TextInput
        size="xs"
        type="date"
        aria-label="First day"
        value={choice.from}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
      <span aria-hidden>–</span>
      <TextInput
        size="xs"
        type="date"
        aria-label="Last day"
        value={choice.to}
        onChange={(event) => onChange({ to: event.currentTarget.value })}
      />
      {problem === null ? null : (
        <span role="status" className="mg-muted mg-caption">
          {problem} Until then the current period is shown.
        </span>
      )}
    </fieldset>
  );
}
