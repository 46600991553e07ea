import type { z } from 'zod';
import type { Actor } from '../shared/actor.ts';
import { actorText } from '../shared/actor-text.ts';
import { toPublicId } from '../shared/ids.ts';
import type { timelineEntrySchema } from './admin.schemas.ts';

/** Something that happened to an organization, from one of the places that remember it. */
export type TimelineFact =
  | { source: 'audit'; at: Date; action: string; actor: Actor; reason: string | null }
  | { source: 'invoice'; at: Date; kind: string; number: string | null }
  | { source: 'inbound'; at: Date; id: string; type: string; status: string };

type TimelineEntry = z.infer<typeof timelineEntrySchema>;

/** One line of the timeline in words, with the page that tells more. */
export function toTimelineEntry(fact: TimelineFact): TimelineEntry {
  const at = fact.at.toISOString();
  switch (fact.source) {
    case 'audit': {
      const reason = fact.reason === null ? '' : ` (${fact.reason})`;
      const text = `${words(fact.action)} by ${actorText(fact.actor)}${reason}`;
      return { at, kind: kindOf(fact.action, fact.actor), text, link: null };
    }
    case 'invoice':
      return {
        at,
        kind: 'money',
        text: `Invoice ${fact.number ?? 'draft'}: ${words(fact.kind)}`,
        link: null,
      };
    case 'inbound': {
      const link = `/admin/events/${toPublicId('inboundEvent', fact.id)}`;
      return { at, kind: 'event', text: `Stripe ${fact.type}: ${fact.status}`, link };
    }
  }
}

const kindByNoun: Readonly<Record<string, TimelineEntry['kind']>> = {
  member: 'member',
  invitation: 'member',
  subscription: 'money',
  invoice: 'money',
  payment_method: 'money',
  credit_note: 'money',
  quote: 'money',
};

/** What staff did is told as such, whatever it was about. */
function kindOf(action: string, actor: Actor): TimelineEntry['kind'] {
  return actor.kind === 'staff' ? 'staff' : (kindByNoun[action.split('.')[0] ?? ''] ?? 'access');
}

/** `subscription.plan_changed` → `Subscription plan changed`. */
function words(code: string): string {
  const text = code.replace(/[._]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
