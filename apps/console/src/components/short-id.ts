const endLength = 6;

/** "org_…b5ae32": the kind and the end, which differs first between ids made one after the other. */
export function shortId(id: string): string {
  const prefix = /^[a-z]+_/.exec(id)?.[0] ?? '';
  return id.length <= prefix.length + endLength + 2 ? id : `${prefix}…${id.slice(-endLength)}`;
}
