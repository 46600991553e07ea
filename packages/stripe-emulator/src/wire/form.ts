export type FormValue = string | FormValue[] | FormObject;
export interface FormObject {
  [key: string]: FormValue;
}

/** Decodes `a[b][0][c]=v` as Stripe does; a body or query never nests deeper than 20 levels. */
export function decodeForm(body: string): FormObject {
  const root: FormObject = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.replace(/\]/g, '').split('[').slice(0, 20);
    if (path.some((part) => part === '__proto__')) continue;
    assign(root, path, value);
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, toLists(value)]));
}

function assign(target: FormObject, path: string[], value: string): void {
  const [head = '', ...rest] = path;
  const key = head === '' ? String(Object.keys(target).length) : head;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const next = target[key];
  if (typeof next === 'object' && !Array.isArray(next)) assign(next, rest, value);
  else {
    const created: FormObject = {};
    target[key] = created;
    assign(created, rest, value);
  }
}

/** `items[0]` and `items[]` arrive as objects with numeric keys; they are lists. */
function toLists(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  const isList = keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
  if (isList) return Object.values(value).map(toLists);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toLists(inner)]));
}
