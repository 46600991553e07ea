import { returnPathInvalid } from './purchase.errors.ts';

/**
 * The address Stripe sends people back to: our own origin and a local path, nothing else. Backslashes, control
 * characters, encoded slashes and anything a browser would read as another host are refused.
 * @throws RETURN_PATH_INVALID
 */
export function returnAddress(publicUrl: string, path: string): string {
  if (!path.startsWith('/') || !/^[\x21-\x7e]*$/.test(path) || path.includes('\\')) throw returnPathInvalid();
  if (path.startsWith('//') || /%(2f|5c|0[0-9a-f]|1[0-9a-f])/i.test(path)) throw returnPathInvalid();
  const url = new URL(path, publicUrl);
  if (url.origin !== new URL(publicUrl).origin) throw returnPathInvalid();
  return url.toString();
}
