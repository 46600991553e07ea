import { type Actor, notFound, requirePublicId } from '@metergate/core';
import type { AdminCaseRow } from '@metergate/core/payments/cases/case.schemas';
import { creditCase, refuseCase } from '@metergate/core/payments/cases/resolve-case';
import { findCase } from '@metergate/db';
import type { Container } from '../container.ts';

type Decision =
  | { kind: 'credit'; amountMinor: string | null; reason: string }
  | { kind: 'refuse'; reason: string };

export async function readCase(container: Container, publicId: string) {
  const caseId = requirePublicId('dispute', publicId);
  const found = await findCase(container.database.prisma.platform, caseId);
  if (found === null) throw notFound('case');
  return { ...found, caseId };
}

/** Staff decide a case by its id alone; the answer is the case as it is then. */
export async function resolveCase(
  container: Container,
  { actor, id, decision }: { actor: Actor; id: string; decision: Decision },
): Promise<AdminCaseRow> {
  const { organizationId, caseId } = await readCase(container, id);
  const request = { actor, organizationId, caseId, reason: decision.reason };
  const deps = container.background.sync;
  if (decision.kind === 'refuse') await refuseCase({ ...deps, unitOfWork: container.unitOfWork }, request);
  else {
    const amountMinor = decision.amountMinor === null ? null : BigInt(decision.amountMinor);
    await creditCase({ ...deps, unitOfWork: container.unitOfWork }, { ...request, amountMinor });
  }
  return (await readCase(container, id)).row;
}
