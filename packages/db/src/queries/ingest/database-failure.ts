/** Repeating the whole transaction can help: serialization failure, deadlock, or the connection went away. */
export function isRetriable(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error && /connection/i.test(error.message);
  if (code === 'ENOENT') return error instanceof Error && 'syscall' in error && error.syscall === 'connect';
  return retriableCodes.has(code) || code.startsWith('08');
}

/** The statement was given up: whoever held what it waited for held it too long. */
export function isTimeout(error: unknown): boolean {
  return codeOf(error) === '57014';
}

/** The data itself was refused (classes 22 and 23); repeating cannot help, dropping the bad row can. */
export function isDataError(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && /^2[23]/.test(code);
}

const retriableCodes = new Set([
  '40001',
  '40P01',
  '57P01',
  '57P02',
  '57P03',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
]);

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
