import type { z } from 'zod';
import type { Actor } from '../shared/actor.ts';
import { actorText } from '../shared/actor-text.ts';
import { type IdKind, idPrefixes, toPublicId } from '../shared/ids.ts';
import type { auditRowSchema } from './admin.schemas.ts';

/** One stored entry of the audit log. */
export interface AuditRecord {
  id: string;
  sequence: bigint;
  at: Date;
  actor: Actor;
  onBehalfOf: string | null;
  action: string;
  target: { kind: string; id: string };
  organization: { id: string; slug: string } | null;
  reason: string | null;
  before: unknown;
  after: unknown;
  requestId: string | null;
}

export function toAuditView(record: AuditRecord): z.infer<typeof auditRowSchema> {
  const { organization } = record;
  return {
    id: record.id,
    sequence: record.sequence.toString(),
    at: record.at.toISOString(),
    actor: actorText(record.actor),
    onBehalfOf: record.onBehalfOf,
    action: record.action,
    target: { kind: record.target.kind, id: publicTargetId(record.target) },
    organization:
      organization === null
        ? null
        : { id: toPublicId('organization', organization.id), slug: organization.slug },
    reason: record.reason,
    before: record.before ?? null,
    after: record.after ?? null,
    requestId: record.requestId,
  };
}

/** Rows hold bare UUIDs; outside every id says what it names. */
function publicTargetId({ kind, id }: AuditRecord['target']): string {
  const idKind = kind.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
  return isIdKind(idKind) && /^[0-9a-f-]{36}$/.test(id) ? toPublicId(idKind, id) : id;
}

function isIdKind(text: string): text is IdKind {
  return Object.hasOwn(idPrefixes, text);
}
