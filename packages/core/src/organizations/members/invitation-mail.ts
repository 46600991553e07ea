import { escapeHtml } from '../../shared/escape-html.ts';
import type { Organization } from '../organization.ts';
import type { Invitation, MailMessage } from '../organizations.ports.ts';

/** The mail that carries an invitation link; the link is only here, never in a log or an answer. */
export function invitationMail(facts: {
  organization: Organization;
  invitation: Invitation;
  invitedBy: string;
  link: string;
}): MailMessage {
  const { organization, invitation, invitedBy, link } = facts;
  const until = invitation.expiresAt.toISOString().slice(0, 10);
  const sentence = `${invitedBy} invites you to join ${organization.name} as ${invitation.role}.`;
  return {
    organizationId: organization.id,
    to: invitation.email,
    template: 'invitation',
    subject: `Join ${organization.name}`,
    text: `${sentence}\n\nAccept until ${until}:\n${link}\n`,
    html: `<p>${escapeHtml(sentence)}</p><p><a href="${escapeHtml(link)}">Accept the invitation</a> until ${until}.</p>`,
    dedupeKey: `invitation:${invitation.id}`,
    createdAt: invitation.createdAt,
  };
}
