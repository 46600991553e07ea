import { NumberInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Subscription } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

type Action = 'pause' | 'resume' | 'cancel' | 'extendTrial' | 'extendGrace';

interface ActionText {
  label: string;
  consequence: string;
  tone: 'accent' | 'danger';
}

const texts: Readonly<Record<Action, ActionText>> = {
  pause: {
    label: 'Pause',
    consequence: 'New use is refused at once and nothing renews. The running period is not refunded.',
    tone: 'danger',
  },
  resume: {
    label: 'Resume',
    consequence:
      'Goes on with the same renewal day. After the paid period the time up to it is charged at once.',
    tone: 'accent',
  },
  cancel: {
    label: 'Cancel',
    consequence: 'Ends with the paid period; a paused subscription ends at once.',
    tone: 'danger',
  },
  extendTrial: {
    label: 'Extend trial',
    consequence: 'The first charge comes that many days later.',
    tone: 'accent',
  },
  extendGrace: {
    label: 'Extend grace',
    consequence: 'Every step of the failed payment comes that many days later; it ends with the payment.',
    tone: 'accent',
  },
};

interface SubscriptionActionsProps {
  organization: string;
  subscription: Subscription;
}

/** What staff may do to this subscription now; only what makes sense in its state is offered. */
export function SubscriptionActions({ organization, subscription }: SubscriptionActionsProps) {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  const [chosen, setChosen] = useState<Action | null>(null);
  const offered = offeredActions(subscription);
  if (offered.length === 0) return null;
  return (
    <div className="mg-row">
      {offered.map((action) => (
        <GuardedButton
          key={action}
          size="compact-sm"
          variant="default"
          refusal={refusal}
          onClick={() => setChosen(action)}
        >
          {texts[action].label}
          <span className="mg-sr-only"> {subscription.planName}</span>
        </GuardedButton>
      ))}
      {chosen === null ? null : (
        <ActionDialog
          organization={organization}
          subscription={subscription}
          action={chosen}
          onClose={() => setChosen(null)}
        />
      )}
    </div>
  );
}

function offeredActions({ status, can, pastDueSince }: Subscription): Action[] {
  const actions: Action[] = [];
  if (status === 'trialing') actions.push('extendTrial');
  if (pastDueSince !== null) actions.push('extendGrace');
  if (can.resume.allowed) actions.push('resume');
  if (can.pause.allowed) actions.push('pause');
  if (can.cancel.allowed) actions.push('cancel');
  return actions;
}

interface ActionDialogProps extends SubscriptionActionsProps {
  action: Action;
  onClose: () => void;
}

function ActionDialog({ organization, subscription, action, onClose }: ActionDialogProps) {
  const [days, setDays] = useState(7);
  const options = {
    onSuccess: async () => {
      await queryClient.invalidateQueries();
      onClose();
    },
  };
  const mutations = {
    pause: useMutation(trpc.admin.subscriptions.pause.mutationOptions(options)),
    resume: useMutation(trpc.admin.subscriptions.resume.mutationOptions(options)),
    cancel: useMutation(trpc.admin.subscriptions.cancel.mutationOptions(options)),
    extendTrial: useMutation(trpc.admin.subscriptions.extendTrial.mutationOptions(options)),
    extendGrace: useMutation(trpc.admin.subscriptions.extendGrace.mutationOptions(options)),
  };
  const { isPending, error } = mutations[action];
  const { label, consequence, tone } = texts[action];
  const hasDays = action === 'extendTrial' || action === 'extendGrace';
  function confirm(reason: string) {
    const target = { organization, subscriptionId: subscription.id, reason };
    if (action === 'cancel') mutations.cancel.mutate({ ...target, at: 'period_end' });
    else if (action === 'pause' || action === 'resume') mutations[action].mutate(target);
    else mutations[action].mutate({ ...target, days });
  }
  return (
    <ReasonDialog
      title={`${label}: ${subscription.planName}`}
      opened
      onClose={onClose}
      confirmLabel={hasDays ? `${label} by ${days} ${days === 1 ? 'day' : 'days'}` : label}
      tone={tone}
      isPending={isPending}
      error={error === null ? null : showError(error)}
      onConfirm={confirm}
    >
      <p>{consequence}</p>
      {hasDays ? (
        <NumberInput
          label="Days"
          min={1}
          max={60}
          clampBehavior="strict"
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Number(value) || 1)}
        />
      ) : null}
    </ReasonDialog>
  );
}
