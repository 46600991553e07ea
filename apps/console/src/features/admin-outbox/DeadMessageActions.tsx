import { staffRefusal, useSession } from '../../app/session.ts';
import type { OutboxMessage } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import type { Settling } from './SettleDialog.tsx';

interface DeadMessageActionsProps {
  message: OutboxMessage;
  onSettle: (settling: Settling) => void;
}

export function DeadMessageActions({ message, onSettle }: DeadMessageActionsProps) {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  if (message.status !== 'dead') return null;
  return (
    <span className="mg-row mg-row-end">
      <GuardedButton
        size="compact-sm"
        refusal={refusal ?? message.obstacle}
        onClick={() => onSettle({ message, how: 'retry' })}
      >
        Send again
      </GuardedButton>
      <GuardedButton
        size="compact-sm"
        variant="default"
        refusal={refusal}
        onClick={() => onSettle({ message, how: 'dismiss' })}
      >
        Dismiss
      </GuardedButton>
    </span>
  );
}
