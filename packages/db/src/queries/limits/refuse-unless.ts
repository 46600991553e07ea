/**
 * SQLSTATEs with which statements end their transaction through the database's function `refuse_unless`, so that the
 * commit can be sent along with them. The class `MG` is none of PostgreSQL's.
 */
export const notAsForeseen = 'MG001';
export const idTaken = 'MG002';

type Refusal = typeof notAsForeseen | typeof idTaken;

export function isRefusal(error: unknown, code: Refusal): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** The same from this side, where the answer to a statement shows it. */
export function refusal(code: Refusal): Error {
  return Object.assign(new Error('not as it was expected'), { code });
}
