import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import { createDatabase, createIdSource, createUnitOfWork, verifyAuditChain } from '@metergate/db';
import { runTrial } from '../trial/trial.ts';

const insertion = `
  insert into audit_log select (jsonb_populate_record(a, jsonb_build_object(
    'id', gen_random_uuid(), 'sequence', 7))).* from audit_log a where chain_id = $1 and sequence = 6`;

const exchange = [1003, 3, 4]
  .map(
    (to, n) => `update audit_log set sequence = ${to} where chain_id = $1 and sequence = ${[3, 4, 1003][n]}`,
  )
  .join(';');

/** The audit log can only grow, and whoever changes it with every right is found out at the first bad row. */
await runTrial('P10 the audit log cannot be changed unnoticed', async (trial) => {
  const { owner, urls } = trial.database;
  const database = createDatabase({ urls });
  const clock = { now: () => new Date() };
  const unitOfWork = createUnitOfWork(database.prisma.app, { clock, ids: createIdSource() });
  const actor = { kind: 'job' as const, name: 'trial' };
  const verify = (chain: string) => verifyAuditChain(database.platform, chain);

  async function chainOf(length: number, width: number): Promise<string> {
    const organizationId = asId('organization', randomUUID());
    const slug = `chain-${organizationId.slice(-12)}`;
    await owner.query(
      `insert into organizations (id, slug, name, external_id, email, currency)
       values ($1, $2, $2, $2, 'chain@example.com', 'USD')`,
      [organizationId, slug],
    );
    let left = length;
    const append = async () => {
      while (left-- > 0) {
        const target = { kind: 'organization' as const, id: organizationId };
        await unitOfWork.run(organizationId, (tx) =>
          tx.audit.append({ organizationId, actor, action: 'trial.appended', target, after: { left } }),
        );
      }
    };
    await Promise.all(Array.from({ length: width }, append));
    return organizationId;
  }

  const appends = 1_000;
  const concurrent = await chainOf(appends, trial.isLong ? 64 : 16);
  const verdict = await verify(concurrent);
  const length = await trial.count('select count(*) from audit_log where chain_id = $1', [concurrent]);
  trial.check(`${appends} concurrent appends, one chain`, verdict.intact && length === appends, length);

  for (const change of [
    `update audit_log set action = 'other'`,
    'delete from audit_log',
    'truncate audit_log',
  ]) {
    const refused = await database.app.query(change).then(
      () => false,
      () => true,
    );
    trial.check(`the application may not ${change.split(' ', 1)[0]}`, refused);
  }

  const tampering: [string, string][] = [
    ['an edit', `update audit_log set action = 'forged' where chain_id = $1 and sequence = 3`],
    ['a deletion', 'delete from audit_log where chain_id = $1 and sequence = 3'],
    ['an exchange', exchange],
    ['a cut tail', 'delete from audit_log where chain_id = $1 and sequence >= 3'],
    ['an insertion', insertion],
  ];
  for (const [name, sql] of tampering) {
    const chain = await chainOf(6, 1);
    const client = await owner.connect();
    try {
      // Whoever owns the table can switch its guards off.
      await client.query('begin');
      await client.query('alter table audit_log disable trigger user');
      for (const statement of sql.split(';')) await client.query(statement, [chain]);
      await client.query('alter table audit_log enable trigger user');
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
    const found = await verify(chain);
    trial.check(
      `${name} is found`,
      !found.intact,
      found.intact ? 'unnoticed' : `at ${found.firstBadSequence}`,
    );
  }
  await database.close();
});
