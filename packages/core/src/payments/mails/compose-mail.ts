import { escapeHtml } from '../../shared/escape-html.ts';

export interface MailParts {
  subject: string;
  /** Complete sentences; names in them come from users. */
  paragraphs: readonly string[];
  action?: { label: string; url: string };
}

export interface MailForms {
  subject: string;
  text: string;
  html: string;
}

const paragraphStyle = 'margin:0 0 16px';
const bodyStyle = 'font:16px/1.5 sans-serif;color:#1a1a1a;max-width:560px;margin:0 auto;padding:24px';

/** One text and one HTML form of the same words; whatever users wrote is inert in both. */
export function composeMail({ subject, paragraphs, action }: MailParts): MailForms {
  const link = action !== undefined && /^https?:\/\//.test(action.url) ? action : undefined;
  const html = paragraphs.map((text) => `<p style="${paragraphStyle}">${escapeHtml(text)}</p>`);
  const text = [...paragraphs];
  if (link !== undefined) {
    html.push(
      `<p style="${paragraphStyle}"><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`,
    );
    text.push(`${link.label}: ${link.url}`);
  }
  return {
    // A line break in a subject would be a new header.
    subject: subject.replaceAll(/[\r\n]+/g, ' '),
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body style="${bodyStyle}">${html.join('')}</body></html>`,
  };
}
