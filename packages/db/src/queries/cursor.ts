import { AppError } from '@metergate/core';

/**
 * Cursors are opaque to clients and bound to the list that made them. They carry a position only: what may be read
 * is decided by the tenant context, so a cursor from elsewhere finds nothing.
 */
export function encodeCursor(list: string, position: string): string {
  return Buffer.from(`${list}:${position}`).toString('base64url');
}

/** @throws CURSOR_INVALID for a cursor of another list or a forged one. */
export function decodeCursor(list: string, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const position = text.slice(list.length + 1);
  if (!text.startsWith(`${list}:`) || !/^[\w:.|-]{1,200}$/.test(position)) throw cursorInvalid();
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
