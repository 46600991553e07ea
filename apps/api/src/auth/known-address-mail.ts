import { createHash } from 'node:crypto';
import { escapeHtml } from '@metergate/core/shared/escape-html';

/**
 * Tells the owner of an account that somebody tried to sign up with its address; at most one an hour, or anybody could
 * fill a mailbox.
 */
export function knownAddressMail(mail: { to: string; name: string; publicUrl: string; at: Date }) {
  const text = [
    `Hello ${mail.name},`,
    '',
    'somebody tried to create an account with this address, but you have one already. Sign in here:',
    `${mail.publicUrl}/sign-in`,
    'or choose a new password:',
    `${mail.publicUrl}/forgot-password`,
    '',
    'If it was not you, ignore this mail; nothing has changed.',
  ].join('\n');
  const digest = createHash('sha256').update(mail.to).digest('hex');
  return {
    to: mail.to,
    template: 'sign_up_known_address',
    subject: 'You already have a Metergate account',
    text,
    html: text
      .split('\n')
      .map((line) => `<p>${escapeHtml(line)}</p>`)
      .join('\n'),
    dedupeKey: `sign-up-known:${digest}:${mail.at.toISOString().slice(0, 13)}`,
  };
}
