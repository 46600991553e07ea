import { createHash, randomBytes } from 'node:crypto';
import {
  type Actor,
  acceptInvitation,
  changeRole,
  createClient,
  createOrganization,
  FixedClock,
  inviteMember,
  type MemberRole,
  type Organization,
  type OrganizationId,
  removeMember,
} from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdSource } from '../ids.ts';
import { createUnitOfWork } from '../unit-of-work.ts';
import { createOrganizationDirectory } from './organization-directory.ts';

let db: TestDatabase;
const clock = new FixedClock(new Date('2026-03-01T10:00:00Z'));
const ids = createIdSource();
const secrets = {
  create: () => randomBytes(24).toString('base64url'),
  hash: (secret: string) => new Uint8Array(createHash('sha256').update(secret).digest()),
};
const job: Actor = { kind: 'job', name: 'test' };

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());

function deps() {
  return {
    clock,
    ids,
    secrets,
    publicUrl: 'http://127.0.0.1:4000',
    unitOfWork: createUnitOfWork(db.database.prisma.app, { clock, ids }),
    directory: createOrganizationDirectory(db.database.prisma.platform),
  };
}

async function person(email: string): Promise<{ userId: string; email: string }> {
  const userId = ids.next();
  await db.database.prisma.auth.user.create({ data: { id: userId, name: email, email } });
  return { userId, email };
}

async function organizationOf(
  owner: { userId: string; email: string },
  name = 'Acme',
): Promise<Organization> {
  const input = { name, email: 'billing@acme.test', currency: 'USD', timeZone: 'UTC' };
  return (await createOrganization(deps(), { input, owner })).organization;
}

function member(who: { userId: string; email: string }, organizationId: OrganizationId, role: MemberRole) {
  return { kind: 'member', ...who, organizationId, role } as const;
}

async function join(
  organizationId: OrganizationId,
  who: { userId: string },
  role: MemberRole,
): Promise<void> {
  await deps().unitOfWork.run(organizationId, (tx) =>
    tx.members.insert({ organizationId, userId: who.userId, role, joinedAt: clock.now() }),
  );
}

function tokenOf(text: string): string {
  return /invitations\/(\S+)/.exec(text)?.[1] ?? '';
}

describe('organizations', () => {
  it('answers the same organization to twenty parallel creations with one external id', async () => {
    const input = {
      name: 'Twins',
      externalId: 'crm-42',
      email: 'a@b.test',
      currency: 'EUR',
      timeZone: 'UTC',
    };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => createOrganization(deps(), { actor: job, input })),
    );
    expect(new Set(answers.map((answer) => answer.organization.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.created)).toHaveLength(1);
  });

  it('gives two organizations of one name different slugs', async () => {
    const owner = await person('slug@acme.test');
    const [first, second] = [
      await organizationOf(owner, 'Über Größe'),
      await organizationOf(owner, 'Über Größe'),
    ];
    expect(first.slug).toBe('uber-grosse');
    expect(second.slug).not.toBe(first.slug);
  });

  it('keeps an owner when the two owners demote each other at the same time', async () => {
    const [ann, bob] = [await person('ann@acme.test'), await person('bob@acme.test')];
    const { id } = await organizationOf(ann);
    await join(id, bob, 'owner');
    const results = await Promise.allSettled([
      changeRole(deps(), {
        actor: member(ann, id, 'owner'),
        organizationId: id,
        userId: bob.userId,
        role: 'member',
      }),
      changeRole(deps(), {
        actor: member(bob, id, 'owner'),
        organizationId: id,
        userId: ann.userId,
        role: 'member',
      }),
    ]);
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1);
    const members = await deps().unitOfWork.run(id, (tx) => tx.members.list(id));
    expect(members.filter((row) => row.role === 'owner')).toHaveLength(1);
  });

  it('refuses that the last owner leaves or that an admin removes an owner', async () => {
    const [ann, adam] = [await person('ann2@acme.test'), await person('adam2@acme.test')];
    const { id } = await organizationOf(ann);
    await join(id, adam, 'admin');
    const leave = removeMember(deps(), {
      actor: member(ann, id, 'owner'),
      organizationId: id,
      userId: ann.userId,
    });
    await expect(leave).rejects.toMatchObject({ code: 'LAST_OWNER' });
    const coup = removeMember(deps(), {
      actor: member(adam, id, 'admin'),
      organizationId: id,
      userId: ann.userId,
    });
    await expect(coup).rejects.toMatchObject({ code: 'ROLE_ABOVE_OWN' });
  });

  it('makes one membership of twenty parallel acceptances, for the invited address only', async () => {
    const [ann, eve, guest] = [
      await person('ann3@acme.test'),
      await person('eve3@acme.test'),
      await person('guest3@acme.test'),
    ];
    const { id } = await organizationOf(ann);
    const actor = member(ann, id, 'owner');
    await inviteMember(deps(), { actor, organizationId: id, email: ' Guest3@ACME.test ', role: 'admin' });
    const mails = await db.owner.query(`select text from emails where organization_id = $1`, [id]);
    const token = tokenOf(mails.rows[0].text);

    await expect(acceptInvitation(deps(), { person: eve, token })).rejects.toMatchObject({
      code: 'INVITATION_OTHER_EMAIL',
    });
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => acceptInvitation(deps(), { person: guest, token })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const members = await deps().unitOfWork.run(id, (tx) => tx.members.list(id));
    expect(members.map((row) => row.role).sort()).toEqual(['admin', 'owner']);
  });

  it('refuses an expired invitation, a forged one and an invitation to a role above the inviter', async () => {
    const [ann, guest] = [await person('ann4@acme.test'), await person('guest4@acme.test')];
    const { id } = await organizationOf(ann);
    const invited = { organizationId: id, email: guest.email };
    await expect(
      inviteMember(deps(), { ...invited, actor: member(ann, id, 'admin'), role: 'owner' }),
    ).rejects.toMatchObject({ code: 'ROLE_ABOVE_OWN' });
    await inviteMember(deps(), { ...invited, actor: member(ann, id, 'owner'), role: 'member' });
    const mails = await db.owner.query(`select text from emails where organization_id = $1`, [id]);
    const later = { ...deps(), clock: new FixedClock(new Date('2026-03-08T10:00:00Z')) };
    const expired = acceptInvitation(later, { person: guest, token: tokenOf(mails.rows[0].text) });
    await expect(expired).rejects.toMatchObject({ code: 'INVITATION_INVALID' });
    const forged = acceptInvitation(deps(), { person: guest, token: 'org_x.secret' });
    await expect(forged).rejects.toMatchObject({ code: 'INVITATION_INVALID' });
  });

  it('adds a client once per external id, asks for one quantity change, and writes one audit row', async () => {
    const ann = await person('ann5@acme.test');
    const { id } = await organizationOf(ann);
    const request = {
      actor: member(ann, id, 'owner'),
      organizationId: id,
      name: 'Northwind',
      externalId: 'nw',
    };
    const [first, second] = await Promise.all([createClient(deps(), request), createClient(deps(), request)]);
    expect(second.id).toBe(first.id);
    const outbox = await db.owner.query(`select kind from outbox where organization_id = $1`, [id]);
    expect(outbox.rows).toEqual([{ kind: 'stripe.subscription.sync_quantities' }]);
    const audit = await db.owner.query(
      `select action from audit_log where organization_id = $1 order by sequence`,
      [id],
    );
    expect(audit.rows.map((row) => row.action)).toEqual(['organization.created', 'client.created']);
  });

  it('stores no invitation secret in plain text', async () => {
    const mails = await db.owner.query(`select text from emails where template = 'invitation'`);
    const hashes = await db.owner.query(`select encode(token_hash, 'hex') as hash from invitations`);
    const secretsSent = mails.rows.map((row) => tokenOf(row.text).split('.')[1] ?? '');
    expect(secretsSent.length).toBeGreaterThan(0);
    const stored = new Set(hashes.rows.map((row) => row.hash));
    for (const secret of secretsSent) {
      expect(stored.has(createHash('sha256').update(secret).digest('hex'))).toBe(true);
      expect(stored.has(Buffer.from(secret).toString('hex'))).toBe(false);
    }
  });
});
