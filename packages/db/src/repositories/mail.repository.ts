import type { MailOutbox } from '@metergate/core';
import { createIdSource } from '../ids.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

const ids = createIdSource();

/** Mails wait in a table until the worker sends them; the same `dedupeKey` is one mail. */
export function createMailOutbox(tx: PrismaTransaction): MailOutbox {
  return {
    async add({ to, ...mail }) {
      const row = { ...mail, id: ids.next(), toAddress: to };
      await tx.email.createMany({ data: [row], skipDuplicates: true });
    },
  };
}
