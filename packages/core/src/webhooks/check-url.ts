import { webhookUrlInvalid, webhookUrlNotPublic } from './webhooks.errors.ts';
import type { EndpointAddresses } from './webhooks.ports.ts';

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address in its normal form. Checked again at every connection, because a name may point elsewhere by then.
 * @throws WEBHOOK_URL_INVALID, WEBHOOK_URL_NOT_PUBLIC
 */
export async function checkUrl(addresses: EndpointAddresses, text: string): Promise<string> {
  const url = parse(text);
  const isOwnMachine = addresses.allowsLoopback && loopbackNames.has(url.hostname);
  if (url.protocol !== 'https:' && !(isOwnMachine && url.protocol === 'http:')) throw webhookUrlInvalid();
  if (url.username !== '' || url.password !== '' || url.hash !== '') throw webhookUrlInvalid();
  if (!isOwnMachine && !(await addresses.isPublic(url.href))) throw webhookUrlNotPublic();
  return url.href;
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw webhookUrlInvalid();
  }
}
