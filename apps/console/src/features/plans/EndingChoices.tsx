import { Textarea } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { secondsSince } from '../../app/now.ts';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import type { Subscription } from '../../app/views.ts';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { dateText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { type Choice, useEndingChoices } from './use-ending-choices.ts';

/** What can be done about a subscription that somebody wants less of, each with its consequences before the press. */
export function EndingChoices({ subscription }: { subscription: Subscription }) {
  const { timeZone } = useOrganization();
  const [reason, setReason] = useState('');
  const choices = useEndingChoices(subscription, reason);
  const lastDay = lastDayOf(subscription, timeZone);
  const state = stateOf(subscription);
  const heading = useFocusOnChange(state);
  return (
    <div className="mg-stack">
      {choices.failure === null ? null : (
        <Notice tone="danger" role="alert">
          {showError(choices.failure).text}
        </Notice>
      )}
      <h3 ref={heading} tabIndex={-1} className="mg-strong">
        {subscription.planName}
      </h3>
      {state === 'running' ? (
        <WhatHappens lastDay={lastDay} isPastDue={subscription.status === 'past_due'} />
      ) : (
        <Stopped
          text={stoppedText(subscription, { lastDay, timeZone })}
          label={state === 'paused' ? 'Resume' : 'Keep my plan'}
          choice={choices.resume}
        />
      )}
      {state === 'ending' ? null : (
        <>
          {state === 'paused' ? (
            <p className="mg-measure">
              If you cancel now instead, the plan ends at once; to have it again you would buy it again. What
              was used is still billed; your data and every invoice stay readable.
            </p>
          ) : null}
          <Textarea
            label="Why? (optional)"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            className="mg-measure"
          />
          <Buttons choices={choices} isPaused={state === 'paused'} lastDay={lastDay} />
        </>
      )}
    </div>
  );
}

/** The pressed button is gone with the state that offered it: reading goes on where the new state begins. */
function useFocusOnChange(state: EndingState) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(state);
  useEffect(() => {
    if (shown.current !== state) heading.current?.focus();
    shown.current = state;
  }, [state]);
  return heading;
}

interface ButtonsProps {
  choices: { pause: Choice; cancel: Choice };
  isPaused: boolean;
  lastDay: string;
}

function Buttons({ choices: { pause, cancel }, isPaused, lastDay }: ButtonsProps) {
  const { slug } = useOrganization();
  const refusals = new Set([isPaused ? null : pause.refusal, cancel.refusal].filter((text) => text !== null));
  return (
    <div className="mg-confirm">
      {[...refusals].map((text) => (
        <span key={text} className="mg-muted">
          {text}
        </span>
      ))}
      {isPaused ? null : (
        <>
          <ButtonLink variant="subtle" to={paths.overview(slug)}>
            Keep my plan
          </ButtonLink>
          <GuardedButton
            variant="default"
            refusal={pause.refusal}
            loading={pause.isPending}
            onClick={pause.choose}
          >
            Pause now
          </GuardedButton>
        </>
      )}
      <GuardedButton
        color="danger"
        refusal={cancel.refusal}
        loading={cancel.isPending}
        onClick={cancel.choose}
      >
        {isPaused ? 'Cancel now' : `Cancel on ${lastDay}`}
      </GuardedButton>
    </div>
  );
}

type EndingState = 'running' | 'ending' | 'paused';

function stateOf({ status, cancelAt }: Subscription): EndingState {
  if (status === 'paused') return 'paused';
  return cancelAt === null ? 'running' : 'ending';
}

function lastDayOf({ cancelAt, currentPeriod }: Subscription, timeZone: string): string {
  return dateText(new Date(Date.parse(cancelAt ?? currentPeriod.end) - 1).toISOString(), timeZone);
}

function stoppedText(
  { status, pausedAt, currentPeriod }: Subscription,
  { lastDay, timeZone }: { lastDay: string; timeZone: string },
): string {
  if (status !== 'paused') return `Ends on ${lastDay}. Until then everything works as before.`;
  const cost =
    secondsSince(currentPeriod.end) < 0
      ? `Resuming until ${lastDay} costs nothing`
      : 'Resuming charges the time from then to the next renewal at once';
  return `Paused since ${dateText(pausedAt, timeZone)}. ${cost}; the renewal day stays the same.`;
}

function WhatHappens({ lastDay, isPastDue }: { lastDay: string; isPastDue: boolean }) {
  return (
    <div className="mg-grid">
      <section data-span="6" aria-labelledby="if-canceled">
        <h4 id="if-canceled">If you cancel</h4>
        <ul className="mg-consequences">
          <li>
            The plan stays as it is until {lastDay}. You keep what you paid for; nothing is refunded for that
            time.
          </li>
          <li>One last invoice lists usage beyond what is included up to that day.</li>
          <li>Then sending stops. Your data and every invoice stay readable.</li>
          {isPastDue ? <li>The open invoice stays due; canceling does not stop its collection.</li> : null}
          <li>Until {lastDay} one press takes the cancellation back.</li>
        </ul>
      </section>
      <section data-span="6" aria-labelledby="if-paused">
        <h4 id="if-paused">If you pause</h4>
        <ul className="mg-consequences">
          <li>New use is refused at once; what is reported nevertheless is counted and billed.</li>
          <li>Nothing renews while it is paused. The running period is not refunded.</li>
          <li>Resuming until {lastDay} is free; later only the time up to the next renewal is charged.</li>
          <li>Usage so far is billed with its month, as always.</li>
        </ul>
      </section>
    </div>
  );
}

interface StoppedProps {
  text: string;
  label: string;
  choice: Choice;
}

function Stopped({ text, label, choice }: StoppedProps) {
  return (
    <>
      <Notice tone="warning" role="status">
        {text}
      </Notice>
      <div className="mg-row">
        <GuardedButton refusal={choice.refusal} loading={choice.isPending} onClick={choice.choose}>
          {label}
        </GuardedButton>
      </div>
    </>
  );
}
