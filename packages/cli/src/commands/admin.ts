import { randomBytes } from 'node:crypto';
import { normalizeEmail, type StaffRole } from '@metergate/core';
import { emailSchema, staffRoleSchema } from '@metergate/core/organizations/organizations.schemas';
import { saveStaffUser } from '@metergate/db';
import { hashPassword } from 'better-auth/crypto';
import { type Context, operator } from '../context.ts';
import { type Outcome, UsageProblem } from '../outcome.ts';

const passwordLengthMin = 10;

/** Makes a person of the staff; one that exists gets the role and keeps the password. */
export async function createAdmin(
  context: Context,
  options: { email: string; password?: string; role: string },
): Promise<Outcome> {
  const email = parseEmail(options.email);
  const role = parseRole(options.role);
  const { password = randomBytes(15).toString('base64url') } = options;
  if (password.length < passwordLengthMin) {
    throw new UsageProblem(`A password has at least ${passwordLengthMin} characters.`);
  }
  const user = await saveStaffUser(context.database.auth, {
    id: context.ids.next(),
    accountId: context.ids.next(),
    email,
    role,
    passwordHash: await hashPassword(password),
    at: context.clock.now(),
  });
  await context.platformUnitOfWork.run((tx) =>
    tx.audit.append({
      organizationId: null,
      actor: operator,
      action: user.created ? 'staff.created' : 'staff.role_changed',
      target: { kind: 'user', id: user.id },
      after: { email, role },
    }),
  );
  if (!user.created)
    return { lines: [`${email} is now ${role}; the password stays.`], json: { email, role } };
  return {
    lines: [`${email} is ${role}.`, `password: ${password}`, 'Change it after signing in.'],
    json: { email, role, password },
  };
}

function parseEmail(text: string): string {
  const email = emailSchema.safeParse(normalizeEmail(text));
  if (!email.success) throw new UsageProblem(`"${text}" is not an e-mail address.`);
  return email.data;
}

function parseRole(text: string): StaffRole {
  const role = staffRoleSchema.safeParse(text);
  if (!role.success)
    throw new UsageProblem(`"${text}" is no staff role: ${staffRoleSchema.options.join(', ')}.`);
  return role.data;
}
