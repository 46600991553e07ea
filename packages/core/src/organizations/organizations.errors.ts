import { AppError } from '../shared/app-error.ts';

export function organizationClosed(): AppError {
  return new AppError({
    code: 'ORGANIZATION_CLOSED',
    kind: 'conflict',
    message: 'organization is closed',
    userMessage: 'This organization is closed. Its data can be read and exported, but not changed.',
  });
}

export function organizationHasObligations(what: string): AppError {
  return new AppError({
    code: 'ORGANIZATION_HAS_OBLIGATIONS',
    kind: 'conflict',
    message: `organization still has ${what}`,
    userMessage: `This organization still has ${what}. Settle that first, then close it.`,
    context: { what },
    exposeContext: true,
  });
}

export function nameNotConfirmed(): AppError {
  return new AppError({
    code: 'NAME_NOT_CONFIRMED',
    kind: 'invalid_input',
    message: 'typed name differs from the organization name',
    userMessage: 'The name you typed is not the name of this organization.',
  });
}

export function lastOwner(): AppError {
  return new AppError({
    code: 'LAST_OWNER',
    kind: 'conflict',
    message: 'the last owner cannot leave or be demoted',
    userMessage: 'An organization needs an owner. Make somebody else owner first.',
  });
}

export function roleAboveOwn(): AppError {
  return new AppError({
    code: 'ROLE_ABOVE_OWN',
    kind: 'forbidden',
    message: 'actor may not give or take this role',
    userMessage: 'You cannot give a role above your own, nor change somebody who holds one.',
  });
}

export function alreadyMember(): AppError {
  return new AppError({
    code: 'MEMBER_EXISTS',
    kind: 'conflict',
    message: 'person is already a member',
    userMessage: 'This person already belongs to the organization.',
  });
}

/** One answer for unknown, used, revoked and expired links: none of them says which it is. */
export function invitationInvalid(): AppError {
  return new AppError({
    code: 'INVITATION_INVALID',
    kind: 'conflict',
    message: 'invitation unknown, used, revoked or expired',
    userMessage: 'This invitation is no longer valid. Ask for a new one.',
  });
}

export function invitationForSomebodyElse(): AppError {
  return new AppError({
    code: 'INVITATION_OTHER_EMAIL',
    kind: 'forbidden',
    message: 'invitation was sent to another address',
    userMessage: 'This invitation was sent to another e-mail address. Sign in with that one.',
  });
}

export function clientsWaitForPayment(): AppError {
  return new AppError({
    code: 'CLIENTS_WAIT_FOR_PAYMENT',
    kind: 'plan_limit',
    message: 'access is restricted, no new clients',
    userMessage: 'A payment is overdue. Pay the open invoice, then add clients again.',
  });
}

export function keyScopeTooWide(): AppError {
  return new AppError({
    code: 'KEY_SCOPE_TOO_WIDE',
    kind: 'forbidden',
    message: 'key would be wider than its maker',
    userMessage: 'A key cannot do more than you may. Choose fewer scopes.',
  });
}

export function voiceLocked(): AppError {
  return new AppError({
    code: 'FEATURE_NOT_IN_PLAN',
    kind: 'plan_limit',
    message: 'can_translate is not in the plan',
    userMessage: 'Translation settings come with the Business plan. Upgrade to change them.',
    context: { feature: 'can_translate' },
    exposeContext: true,
  });
}

export function translationIncomplete(): AppError {
  return new AppError({
    code: 'TRANSLATION_LANGUAGES_MISSING',
    kind: 'invalid_input',
    message: 'translation enabled without both languages',
    userMessage: 'Choose the language to translate from and the one to translate to.',
  });
}

export function translationSame(): AppError {
  return new AppError({
    code: 'TRANSLATION_LANGUAGES_SAME',
    kind: 'invalid_input',
    message: 'translation from a language into itself',
    userMessage: 'Choose two different languages.',
  });
}

export function voiceConfigChanged(updatedAt: Date | null): AppError {
  return new AppError({
    code: 'VOICE_CONFIG_CHANGED',
    kind: 'conflict',
    message: 'voice settings are not those the editor saw',
    userMessage: 'Somebody changed these settings in the meantime. Reload them, then make your change again.',
    context: { updatedAt: updatedAt?.toISOString() ?? null },
    exposeContext: true,
  });
}

export function keyExpiryPassed(): AppError {
  return new AppError({
    code: 'KEY_EXPIRY_PASSED',
    kind: 'invalid_input',
    message: 'key would have expired already',
    userMessage: 'Choose a time in the future for the key to expire.',
  });
}
