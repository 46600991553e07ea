import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import process from 'node:process';
import { migrate } from '@metergate/db';
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbedded } from '@metergate/db/embedded';
import pg from 'pg';

export interface TrialDatabase {
  ownerUrl: string;
  urls: EmbeddedPostgres['urls'];
  /** Sees every row; make one query at a time and expect it to fail while the server is down. */
  owner: pg.Pool;
  /** `SIGKILL` = a power cut, `SIGQUIT` = an immediate shutdown; comes back on the same port. */
  restart(signal: 'SIGKILL' | 'SIGQUIT'): Promise<void>;
  /**
   * A power cut at the very moment in which `work` is done, as far as a process can make one: no process of the server
   * does anything more, and what it had not written is lost. What it has written survives, because the system goes on.
   */
  cutPowerAfter(work: () => Promise<void>): Promise<void>;
  /** Every process of the server stands still; connections stay open and say nothing. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export type TrialDatabaseOptions = Pick<EmbeddedOptions, 'readyWalMiB'>;

/** What nobody asked to flush stays unwritten for long, so that the end of the server shows who did not ask. */
const settings = { wal_writer_delay: '10s' };

/** A PostgreSQL of its own with durable settings, which the trial may kill, stop and start. */
export async function startTrialDatabase(
  dataDir: string,
  options: TrialDatabaseOptions = {},
): Promise<TrialDatabase> {
  const port = await freePort();
  // Many trials of one run begin as copies of one migrated cluster.
  let server = await startEmbedded({
    ...options,
    dataDir,
    port,
    settings,
    template: process.env.TRIAL_TEMPLATE,
  });
  await migrate({ ownerUrl: server.ownerUrl });
  const owner = new pg.Pool({ connectionString: server.ownerUrl, max: 2 });
  owner.on('error', () => undefined);
  await requireDurable(owner);
  let paused: number[] = [];
  return {
    ownerUrl: server.ownerUrl,
    urls: server.urls,
    owner,
    async restart(signal) {
      process.kill(server.pid, signal);
      server = await startEmbedded({ dataDir, port, settings });
    },
    async cutPowerAfter(work) {
      const processes = [server.pid, ...(await childrenOf(server.pid))];
      await work();
      for (const pid of processes) killIfThere(pid);
      server = await startEmbedded({ dataDir, port, settings });
    },
    async pause() {
      // The parent first, so that nothing new begins while its children are being stopped.
      process.kill(server.pid, 'SIGSTOP');
      paused = [server.pid, ...(await childrenOf(server.pid))];
      for (const pid of paused) process.kill(pid, 'SIGSTOP');
    },
    async resume() {
      for (const pid of paused.toReversed()) process.kill(pid, 'SIGCONT');
      paused = [];
    },
    async stop() {
      for (const pid of paused.toReversed()) process.kill(pid, 'SIGCONT');
      await owner.end().catch(() => undefined);
      await server.stop();
    },
  };
}

/** A trial of durability on a server that does not flush would prove nothing. */
async function requireDurable(owner: pg.Pool): Promise<void> {
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    const { rows } = await owner.query<{ value: string }>('select current_setting($1) as value', [setting]);
    if (rows[0]?.value !== 'on') throw new Error(`${setting} must be on`);
  }
}

/** A connection may have ended by itself meanwhile. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const children: number[] = [];
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const [, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(parentPid) === parent) children.push(pid);
  }
  return children;
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
