import { fromPublicId, idPrefixes, type OrganizationId } from '../../shared/ids.ts';
import type { Period } from '../../shared/time/period.ts';

/** Made of the fact alone, so that the same report has the same name whoever makes it. At most 100 characters. */
export function identifierOf(report: {
  organizationId: OrganizationId;
  meter: string;
  hour: Period;
  sequence: number;
}): string {
  const { organizationId, meter, hour, sequence } = report;
  const hourText = hour.start.toISOString().replaceAll(/[-:]|\.000/g, '');
  return `${organizationId.replaceAll('-', '')}_${meter}_${hourText}_${sequence}`;
}

/** Whose report it is by its name; undefined for a name that was not made here. */
export function organizationOf(identifier: string): OrganizationId | undefined {
  const [hex, ...rest] = identifier.split('_');
  return rest.length < 3 ? undefined : fromPublicId('organization', `${idPrefixes.organization}_${hex}`);
}
