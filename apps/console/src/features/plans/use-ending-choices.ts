import { useMutation } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Subscription } from '../../app/views.ts';

export interface Choice {
  refusal: string | null;
  isPending: boolean;
  choose: () => void;
}

/** What may be done now, why not otherwise, and how it is done. */
export function useEndingChoices(subscription: Subscription, reason: string) {
  const { slug: organization, mayBuy } = useOrganization();
  const options = { onSuccess: () => queryClient.invalidateQueries() };
  const cancel = useMutation(trpc.subscriptions.cancel.mutationOptions(options));
  const pause = useMutation(trpc.subscriptions.pause.mutationOptions(options));
  const resume = useMutation(trpc.subscriptions.resume.mutationOptions(options));
  const { id: subscriptionId, can, status } = subscription;
  const target = { organization, subscriptionId };
  const said = reason.trim() === '' ? {} : { reason: reason.trim() };
  const at = status === 'paused' ? 'now' : 'period_end';
  const refusalOf = (permission: Subscription['can']['cancel']) => {
    if (!mayBuy) return 'Only an owner can do this.';
    return permission.allowed ? null : (permission.reason ?? 'Not possible right now.');
  };
  const choice = (mutation: { isPending: boolean }, refusal: string | null, choose: () => void): Choice => ({
    refusal,
    isPending: mutation.isPending,
    choose: () => {
      // What was refused before says nothing about what is chosen now.
      for (const { reset } of [cancel, pause, resume]) reset();
      choose();
    },
  });
  return {
    failure: cancel.error ?? pause.error ?? resume.error,
    cancel: choice(cancel, refusalOf(can.cancel), () => cancel.mutate({ ...target, at, ...said })),
    pause: choice(pause, refusalOf(can.pause), () => pause.mutate({ ...target, ...said })),
    resume: choice(resume, refusalOf(can.resume), () => resume.mutate(target)),
  };
}
