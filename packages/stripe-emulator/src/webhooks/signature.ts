import { createHmac } from 'node:crypto';

/** `t=…,v1=…` over `"<t>.<raw body>"`; one v1 per live secret while a secret is being rolled. */
export function signatureHeader(payload: string, secrets: string[], timestamp: number): string {
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')}`,
  );
  return [`t=${timestamp}`, ...signatures].join(',');
}
