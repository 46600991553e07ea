import { notFound, type OrganizationId } from '@metergate/core';
import { getStatement } from '@metergate/core/payments/statements/usage-statements';
import type { Container } from '../container.ts';
import { renderStatementPdf } from './statement-pdf.ts';

/** @throws NOT_FOUND */
export async function statementDocument(
  container: Pick<Container, 'unitOfWork'>,
  request: { organizationId: OrganizationId; number: string },
): Promise<{ content: Uint8Array; fileName: string }> {
  const statement = await getStatement(container, request);
  const { organizationId } = request;
  const organization = await container.unitOfWork.run(organizationId, (tx) =>
    tx.organizations.find(organizationId),
  );
  if (organization === undefined) throw notFound('organization');
  return {
    content: await renderStatementPdf(statement, organization),
    fileName: `usage-statement-${statement.number}.pdf`,
  };
}
