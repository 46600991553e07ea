import type { ConsumeCommand, Settled } from '@metergate/core/limits/limits.ports';
import { addQuantities } from '@metergate/core/shared/money/quantity';
import { counterDelta } from '@metergate/core/usage/usage-event';
import { type Earlier, receiptIdOf } from './earlier-decisions.ts';
import { isAboutTheSame, type ReceiptRow, type StoredReceipt } from './receipt-rows.ts';
import type { RunningLevels } from './running-levels.ts';

export type ConsumeOutcome = { kind: 'settled'; settled: Settled } | { kind: 'id_reused' };

export interface Plan {
  outcomes: ConsumeOutcome[];
  granted: ConsumeCommand[];
  receipts: ReceiptRow[];
}

export function decideInOrder(
  start: { nextId: () => string; running: RunningLevels; earlier: Earlier },
  commands: readonly ConsumeCommand[],
): Plan {
  const plan: Plan = { outcomes: [], granted: [], receipts: [] };
  /** Of this batch: the same id twice in one batch is one decision as well. */
  const made = new Map<string, ReceiptRow>();
  for (const command of commands) {
    const receiptId = receiptIdOf(command);
    const again = made.get(receiptId);
    const first = again === undefined ? start.earlier.receipts.get(receiptId) : storedForm(again);
    if (first !== undefined || start.earlier.eventIds.has(command.entry.draft.id)) {
      plan.outcomes.push(repeated(command, first));
      continue;
    }
    const levels = start.running.read(command.key);
    const verdict = command.decide(levels, deltaOf(command), start.running.read);
    const isGranted = verdict.decision !== 'blocked';
    const id = isGranted ? receiptId : start.nextId();
    const receipt = { id, terms: command.terms, verdict, levels };
    plan.receipts.push(receipt);
    if (isGranted) {
      plan.granted.push(command);
      made.set(id, receipt);
      start.running.add(command.entry.draft, deltaOf(command));
    }
    const { limit, quantity } = command.terms;
    const settled = { ...verdict, receiptId: id, levels: start.running.read(command.key), limit, quantity };
    plan.outcomes.push({ kind: 'settled', settled });
  }
  return plan;
}

/** The first decision again, or a refusal when the id stands for something else. */
function repeated(command: ConsumeCommand, first: StoredReceipt | undefined): ConsumeOutcome {
  if (first === undefined || !isAboutTheSame(command.terms, first)) return { kind: 'id_reused' };
  const { quantity } = command.terms;
  const levels = { used: addQuantities(first.used, deltaOf(command)), reserved: first.reserved };
  const { id: receiptId, at: decidedAt, decision, reason, limit } = first;
  const settled = { decision, reason, receiptId, levels, limit, quantity, decidedAt };
  return { kind: 'settled', settled };
}

function storedForm({ id, terms, verdict, levels }: ReceiptRow): StoredReceipt {
  const { at, feature, quantity, limit, clientId, subject } = terms;
  return { id, at, feature, quantity, limit, clientId, subject, ...verdict, ...levels };
}

function deltaOf({ entry }: ConsumeCommand): string {
  return counterDelta(entry.aggregation, entry.draft.quantity) ?? '0';
}
