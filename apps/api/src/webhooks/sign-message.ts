import { Webhook } from 'standardwebhooks';

/**
 * Headers of one attempt in the form of the Standard Webhooks. `sentAt` is the machine's time: receivers compare it
 * with theirs. Several secrets give several signatures, of which one must match.
 */
export function signedHeaders(
  message: { publicId: string; body: string },
  secrets: readonly string[],
  sentAt: Date,
): Record<string, string> {
  const { publicId, body } = message;
  const signatures = secrets.map((secret) => new Webhook(secret).sign(publicId, sentAt, body));
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Metergate-Webhooks/1',
    'webhook-id': publicId,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}
