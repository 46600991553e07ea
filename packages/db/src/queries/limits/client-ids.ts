import type { ClientId } from '@metergate/core';

const idBytes = 16;

/**
 * Many ids as they come from the database, sixteen bytes each in their order: a set of fifty thousand texts would be
 * built again with every reading of an organization's rights, and nearly none of them is ever asked for.
 */
export function clientIdsOf(sorted: Buffer | null): Pick<ReadonlySet<ClientId>, 'has'> {
  if (sorted === null) return new Set<ClientId>();
  return { has: (id) => isAmong(sorted, Buffer.from(id.replaceAll('-', ''), 'hex')) };
}

function isAmong(sorted: Buffer, id: Buffer): boolean {
  let low = 0;
  let high = sorted.length / idBytes - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = middle * idBytes;
    const order = sorted.compare(id, 0, idBytes, at, at + idBytes);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
