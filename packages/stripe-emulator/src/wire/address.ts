import type { Params } from './params.ts';

export function addressOf(params: Params | undefined) {
  if (!params) return null;
  const field = (name: string) => params.textOrNull(name);
  return {
    city: field('city'),
    country: field('country'),
    line1: field('line1'),
    line2: field('line2'),
    postal_code: field('postal_code'),
    state: field('state'),
  };
}
