import { isRecord } from './params.ts';
import type { Schema, SchemaSet } from './schema-set.ts';

/** Fields that Stripe really sends although its types do not name them. */
const EXTRAS = new Set(['plan', 'quantity', 'total_count']);
/** Types that the SDK declares inline; the object inside is checked by its own type. */
const SKIPPED = new Set(['list', 'search_result', 'event', 'v2.core.event']);

/** Throws when a body, or an object in it, does not fit the closed schema of its `object` type. */
export function createResponseValidator(schemas: SchemaSet): (body: unknown) => void {
  const byObject = indexByObject(schemas);
  return (body) => {
    const problems = [...problemsOf(body, { byObject, schemas, path: '$' })];
    if (problems.length > 0)
      throw new Error(`response does not fit the SDK's types: ${problems.slice(0, 5).join('; ')}`);
  };
}

interface Context {
  byObject: Map<string, Schema>;
  schemas: SchemaSet;
  path: string;
}

function indexByObject({ definitions }: SchemaSet): Map<string, Schema> {
  const index = new Map<string, Schema>();
  for (const schema of Object.values(definitions)) {
    const name = schema.properties?.object?.const;
    const isDeleted = schema.properties?.deleted?.const === true;
    const key = isDeleted ? `deleted ${String(name)}` : String(name);
    if (typeof name === 'string' && !index.has(key)) index.set(key, schema);
  }
  return index;
}

function* problemsOf(body: unknown, context: Context): Generator<string> {
  if (!isRecord(body)) return;
  const name = String(body.object ?? '');
  if (name === 'event') yield* eventProblems(body, context);
  else if (SKIPPED.has(name)) yield* listProblems(body, context);
  else {
    const schema = context.byObject.get(body.deleted === true ? `deleted ${name}` : name);
    if (schema) yield* check(schema, body, context);
    else if (name !== '') yield `${context.path}: unknown object type ${name}`;
  }
}

function* eventProblems(body: Record<string, unknown>, context: Context): Generator<string> {
  if (!isRecord(body.data) || !isRecord(body.data.object)) return;
  // The one object that Stripe documents as having no id although its type has one.
  const extra = body.type === 'invoice.upcoming' ? { id: '' } : {};
  yield* problemsOf({ ...body.data.object, ...extra }, { ...context, path: `${context.path}.data.object` });
}

function* listProblems(body: Record<string, unknown>, context: Context): Generator<string> {
  const data = Array.isArray(body.data) ? body.data : [];
  for (const [index, entry] of data.entries()) {
    yield* problemsOf(entry, { ...context, path: `${context.path}.data[${index}]` });
  }
}

function* check(schema: Schema, value: unknown, context: Context): Generator<string> {
  if (schema.$ref) {
    yield* check(context.schemas.definitions[schema.$ref] ?? {}, value, context);
    return;
  }
  if (schema.anyOf) {
    yield* checkAlternatives(schema.anyOf, value, context);
    return;
  }
  if (schema.type === 'object') yield* checkObject(schema, value, context);
  else if (schema.type === 'array') {
    if (!Array.isArray(value)) yield `${context.path}: not a list`;
    else
      for (const [index, entry] of value.entries())
        yield* check(schema.items ?? {}, entry, { ...context, path: `${context.path}[${index}]` });
  } else if (!isScalarFit(schema, value))
    yield `${context.path}: ${JSON.stringify(value)?.slice(0, 60)} is not ${describe(schema)}`;
}

function* checkAlternatives(schemas: Schema[], value: unknown, context: Context): Generator<string> {
  let fewest: string[] | null = null;
  let isFewestTelling = false;
  for (const schema of schemas) {
    const problems = [...check(schema, value, context)];
    if (problems.length === 0) return;
    // "Not null" says nothing about an object that nearly fits.
    const isTelling = schema.type !== 'null' && schema.type !== 'string';
    if (fewest === null || (isTelling && (problems.length <= fewest.length || !isFewestTelling))) {
      fewest = problems;
      isFewestTelling = isTelling;
    }
  }
  yield* fewest ?? [];
}

function* checkObject(schema: Schema, value: unknown, context: Context): Generator<string> {
  if (!isRecord(value)) {
    yield `${context.path}: not an object`;
    return;
  }
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) yield `${context.path}.${name}: missing`;
  }
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const known = fieldSchema(schema, name);
    if (known) yield* check(known, inner, { ...context, path: `${context.path}.${name}` });
    else if (schema.additionalProperties !== true && !EXTRAS.has(name))
      yield `${context.path}.${name}: unknown field`;
  }
}

function fieldSchema(schema: Schema, name: string): Schema | undefined {
  return (
    schema.properties?.[name] ??
    (isRecord(schema.additionalProperties) ? schema.additionalProperties : undefined)
  );
}

function isScalarFit(schema: Schema, value: unknown): boolean {
  if (schema.const !== undefined) return value === schema.const;
  if (schema.enum) return schema.enum.some((allowed) => allowed === value);
  if (schema.type === 'null') return value === null;
  return schema.type === undefined || typeof value === schema.type;
}

function describe(schema: Schema): string {
  return schema.enum ? `one of ${schema.enum.slice(0, 8).join('|')}` : String(schema.const ?? schema.type);
}
