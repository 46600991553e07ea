import { createHash } from 'node:crypto';
import { escapeHtml } from '@metergate/core/shared/escape-html';

/** The mail with the link to a new password. The link starts with our own public URL, whatever the request said. */
export function resetMail(mail: { to: string; name: string; url: string; token: string }) {
  const text = [
    `Hello ${mail.name},`,
    '',
    'somebody asked for a new password for this address. The link works once and for one hour:',
    mail.url,
    '',
    'If it was not you, ignore this mail; your password stays as it is.',
  ].join('\n');
  return {
    to: mail.to,
    template: 'password_reset',
    subject: 'Your new Metergate password',
    text,
    html: text
      .split('\n')
      .map((line) => `<p>${escapeHtml(line)}</p>`)
      .join('\n'),
    dedupeKey: `password-reset:${createHash('sha256').update(mail.token).digest('hex')}`,
  };
}
