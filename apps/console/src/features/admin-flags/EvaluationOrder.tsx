import type { FlagDetail } from '../../app/views.ts';

/** First match wins, left to right. */
export function EvaluationOrder({ flag }: { flag: FlagDetail }) {
  const plans = flag.rules.filter((rule) => rule.kind === 'plan');
  const segments = flag.rules.filter((rule) => rule.kind === 'segment');
  const steps = [
    {
      name: '1 Kill switch',
      text: flag.isKilled ? 'on: everybody gets the default' : 'off',
      isActive: flag.isKilled,
    },
    {
      name: '2 Override',
      text: count(flag.overrides.length, 'organization'),
      isActive: flag.overrides.length > 0,
    },
    {
      name: '3 Plan',
      text:
        plans.length === 0
          ? 'no rule'
          : plans.map((rule) => `${rule.plans.join(', ')} → ${String(rule.value)}`).join('; '),
      isActive: plans.length > 0,
    },
    {
      name: '4 Segment',
      text:
        segments.length === 0
          ? 'no rule'
          : segments
              .map(
                (rule) =>
                  `${rule.attribute.replaceAll('_', ' ')} ${rule.values.join(', ')} → ${String(rule.value)}`,
              )
              .join('; '),
      isActive: segments.length > 0,
    },
    {
      name: '5 Percentage',
      text: flag.isEnabled ? `${flag.rolloutPercent} % by organization id, sticky` : 'flag is off',
      isActive: flag.isEnabled && Number(flag.rolloutPercent) > 0,
    },
    { name: '6 Default', text: String(flag.defaultValue), isActive: true },
  ];
  return (
    <ol className="mg-order">
      {steps.map((step) => (
        <li key={step.name} data-active={step.isActive}>
          <span className="mg-strong">{step.name}</span>
          <span className="mg-muted mg-caption">{step.text}</span>
        </li>
      ))}
    </ol>
  );
}

function count(amount: number, word: string): string {
  return amount === 0 ? 'none' : `${amount} ${word}${amount === 1 ? '' : 's'}`;
}
