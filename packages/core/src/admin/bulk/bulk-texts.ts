/** What a resync did to one organization. */
export function resyncText(fields: readonly { equal: boolean }[]): string {
  const count = fields.filter(({ equal }) => !equal).length;
  return count === 0 ? 'nothing differed' : `${count} ${count === 1 ? 'field' : 'fields'} corrected`;
}
