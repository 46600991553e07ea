import { Checkbox } from '@mantine/core';
import { messageTypes } from '@metergate/core/shared/outgoing-messages';
import type { WebhookType } from '../../app/views.ts';
import { messageTypeTexts } from './type-texts.ts';

interface TypeChoicesProps {
  chosen: readonly WebhookType[];
  onChange: (chosen: readonly WebhookType[]) => void;
}

export function TypeChoices({ chosen, onChange }: TypeChoicesProps) {
  return (
    <fieldset className="mg-fieldset">
      <legend className="mg-strong">It hears</legend>
      {messageTypes.map((type) => (
        <Checkbox
          key={type}
          label={<code>{type}</code>}
          description={messageTypeTexts[type]}
          checked={chosen.includes(type)}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? [...chosen, type] : chosen.filter((one) => one !== type))
          }
        />
      ))}
    </fieldset>
  );
}
