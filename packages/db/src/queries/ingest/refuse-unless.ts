/**
 * SQLSTATEs with which statements end their transaction through the database's function `refuse_unless`, so that the
 * commit can be sent along with them. The class `MG` is none of PostgreSQL's.
 */
export const notAsForeseen = 'MG001';
export const idTaken = 'MG002';

type Refusal = typeof notAsForeseen | typeof idTaken;

/** `for update nowait`: whoever holds the row is about to change what was foreseen. */
const lockNotAvailable = '55P03';

/** A statement that believes its ids to be new inserts them without asking. */
const uniqueViolation = '23505';

/** How a statement refused, or `undefined` when something else went wrong. */
export function refusalOf(error: unknown): Refusal | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === idTaken || code === uniqueViolation) return idTaken;
  return code === notAsForeseen || code === lockNotAvailable ? notAsForeseen : undefined;
}

/** The same from this side, where the answer to a statement shows it. */
export function refusal(code: Refusal): Error {
  return Object.assign(new Error('not as it was expected'), { code });
}
