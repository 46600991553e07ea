import { AppError } from '@metergate/core';

const cursorPrefix = 'usage-events:';

/** Event ids are any text, so the position is not restricted to the characters of other lists. */
export function writeEventCursor({ occurredAt, id }: { occurredAt: Date; id: string }): string {
  return Buffer.from(`${cursorPrefix}${occurredAt.toISOString()} ${id}`).toString('base64url');
}

/** @throws CURSOR_INVALID */
export function readEventCursor(cursor: string | undefined): { at: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const match = /^usage-events:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([^\0]{1,255})$/s.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) throw cursorInvalid();
  return { at: match[1], id: match[2] };
}

function cursorInvalid(): AppError {
  return new AppError({
    code: 'CURSOR_INVALID',
    kind: 'malformed',
    message: 'cursor was not made by this list',
    userMessage: 'This page link is no longer valid. Start again from the first page.',
  });
}
