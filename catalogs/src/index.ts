import { familyUnknown, type ProductFamily } from '@metergate/core';
import { agency } from './agency.ts';
import { agentLeads } from './agent-leads.ts';
import { agentStudio } from './agent-studio.ts';
import { voiceOps } from './voice-ops.ts';
import { voiceWords } from './voice-words.ts';

/** Every family that ships, in the order the console lists them. */
export const allFamilies: readonly ProductFamily[] = [agency, voiceOps, agentStudio, voiceWords, agentLeads];

/** The families with these keys, in catalogue order; all of them without names. Throws FAMILY_UNKNOWN. */
export function loadFamilies(names?: readonly string[]): readonly ProductFamily[] {
  if (names === undefined || names.length === 0) return allFamilies;
  const unknown = names.find((name) => !allFamilies.some(({ key }) => key === name));
  if (unknown !== undefined) throw familyUnknown(unknown);
  return allFamilies.filter(({ key }) => names.includes(key));
}

export { agency, agentLeads, agentStudio, voiceOps, voiceWords };
