import { createHash } from 'node:crypto';
import type { Clock } from '@metergate/core';
import type { MailQueue, WaitingMail } from '@metergate/db';
import type { Transporter } from 'nodemailer';
import type { Logger } from '../logging/logger.ts';
import { describeError } from '../logging/logger.ts';
import type { Job } from './runner.ts';

const batchMax = 50;
/** After three days nobody wants a reset link or a receipt any more. */
const keepTryingMs = 3 * 86_400_000;
/** A mail server that refuses one mail mostly refuses the next one too. */
const pauseAfterFailureMs = 60_000;

/**
 * Sends what waits in the `emails` table. A mail is marked after the server took it: a crash in between sends it
 * again under the same message id, which is better than never.
 */
export function createSendMailJob(deps: {
  queue: MailQueue;
  transport: Pick<Transporter, 'sendMail'>;
  from: string;
  clock: Clock;
  log: Logger;
}): Job {
  const { queue, log, clock } = deps;
  let quietUntilMs = 0;

  async function sendOrWait(mail: WaitingMail): Promise<boolean> {
    try {
      await send(deps, mail);
      return true;
    } catch (error) {
      const now = clock.now().getTime();
      quietUntilMs = now + pauseAfterFailureMs;
      log.warn({ mail: mail.id, error: describeError(error) }, 'a mail could not be sent and waits');
      if (now - mail.createdAt.getTime() > keepTryingMs) await queue.markFailed(mail.id);
      return false;
    }
  }

  return {
    name: 'send-mail',
    async run({ isStopping, isHurried }) {
      if (!isHurried && clock.now().getTime() < quietUntilMs) return 0;
      let sent = 0;
      await queue.asOnlySender(async () => {
        for (const mail of await queue.listWaiting(batchMax)) {
          if (isStopping() || !(await sendOrWait(mail))) return;
          sent += 1;
        }
      });
      return sent;
    },
  };
}

async function send(
  { queue, transport, from, clock }: Parameters<typeof createSendMailJob>[0],
  { id, to, subject, text, html, dedupeKey }: WaitingMail,
): Promise<void> {
  const messageId = `<${createHash('sha256').update(dedupeKey).digest('hex').slice(0, 32)}@metergate>`;
  await transport.sendMail({ from, to, subject, text, html, messageId });
  await queue.markSent(id, clock.now());
}
