import { AppError } from '@metergate/core';

/**
 * Cursors are opaque to clients and bound to the list that made them. They carry a position only: what may be read
 * is decided by the tenant context, so a cursor from elsewhere finds nothing.
 */
export function encodeCursor(list: string, position: string): string {
  return Buffer.from(`${list}:${position}`).toString('base64url');
}

/** The id of the last row. */
export const uuidPosition = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** `<milliseconds>.<id>` of the last row, for lists in order of time. */
export const instantPosition = /^\d{1,14}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * @param shape What positions of this list look like.
 * @throws CURSOR_INVALID for a cursor of another list or a forged one.
 */
export function decodeCursor(
  list: string,
  cursor: string | undefined,
  shape = /^[\w:.|-]{1,200}$/,
): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const position = text.slice(list.length + 1);
  if (!text.startsWith(`${list}:`) || !shape.test(position)) throw cursorInvalid();
  return position;
}

function cursorInvalid(): AppError {
  return new AppError({
    code: 'CURSOR_INVALID',
    kind: 'malformed',
    message: 'cursor was not made by this list',
    userMessage: 'This page link is no longer valid. Start again from the first page.',
  });
}
