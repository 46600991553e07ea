import { AppError } from '@metergate/core';

/**
 * True for a path of our own site, to which a browser may be sent: begins with exactly one slash and stays on
 * this origin however a browser reads it (backslashes, control characters and encoded slashes included).
 */
export function isOwnPath(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop them, so `/\t/evil` would leave the site
  if (!/^\/(?![/\\])/.test(text) || /[\u0000-\u0020\\\u007f]/.test(text) || /^\/%(2f|5c)/i.test(text))
    return false;
  return (
    URL.canParse(text, 'http://own.invalid') && new URL(text, 'http://own.invalid').host === 'own.invalid'
  );
}

/** A path of ours, or the same written out with our public address. */
export function isOwnAddress(text: string, publicUrl: string): boolean {
  return isOwnPath(text.startsWith(`${publicUrl}/`) ? text.slice(publicUrl.length) : text);
}

export function foreignAddress(): AppError {
  return new AppError({
    code: 'RETURN_PATH_FOREIGN',
    kind: 'malformed',
    message: 'a return address leaves the site',
    userMessage: 'The address to return to must be a path of this site, for example /billing.',
  });
}
