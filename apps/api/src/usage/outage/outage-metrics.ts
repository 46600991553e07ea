import { Counter, Gauge, type Registry } from 'prom-client';

export type OutageMetrics = ReturnType<typeof createOutageMetrics>;

export function createOutageMetrics(registry: Registry) {
  const registers = [registry];
  const reachable = new Gauge({
    name: 'database_reachable',
    help: '0 while the database does not answer and plans decide about limits.',
    registers,
  });
  reachable.set(1);
  const kept = new Counter({
    name: 'outage_decisions_kept_total',
    help: 'Decisions written to the outage journal.',
    labelNames: ['decision'],
    registers,
  });
  const carriedOver = new Counter({
    name: 'outage_decisions_carried_over_total',
    help: 'Decisions of the outage journal that are in the database now.',
    registers,
  });
  const refused = new Counter({
    name: 'outage_decisions_refused_total',
    help: 'Lines of the outage journal that could not be carried over; the log names their segments.',
    registers,
  });
  return { reachable, kept, carriedOver, refused };
}
