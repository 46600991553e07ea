import type { Route } from '../server/router.ts';
import { type ApiFailure, invalidRequest, missingParameter } from './errors.ts';
import { isRecord } from './params.ts';
import type { Schema, SchemaSet } from './schema-set.ts';

/** Checks request parameters against the SDK's own parameter types; without a schema cache it checks nothing. */
export class ParameterChecker {
  readonly #read: () => SchemaSet | null;
  #schemas: SchemaSet | null = null;
  #byRoute: Map<string, Schema | null> | null = null;

  /** The shapes are read by the first call that is checked: starting does not wait for them. */
  constructor(read: () => SchemaSet | null) {
    this.#read = read;
  }

  #routes(): Map<string, Schema | null> {
    if (this.#byRoute) return this.#byRoute;
    this.#schemas = this.#read();
    const endpoints = this.#schemas?.endpoints ?? [];
    this.#byRoute = new Map(endpoints.map(({ method, path, schema }) => [`${method} ${path}`, schema]));
    return this.#byRoute;
  }

  check(route: Route, raw: Record<string, unknown>): void {
    const schema = this.#routes().get(`${route.method} ${route.path.replace(/:\w+/g, '{id}')}`);
    if (!schema) return;
    const problem = this.#problem(schema, raw, '');
    if (problem) throw problem;
  }

  #problem(schema: Schema, value: unknown, path: string): ApiFailure | null {
    if (schema.$ref) return this.#problem(this.#schemas?.definitions[schema.$ref] ?? {}, value, path);
    if (schema.anyOf) return this.#alternatives(schema.anyOf, value, path);
    if (value === '' || value === null) return null;
    if (schema.type === 'object') {
      return isRecord(value) ? this.#object(schema, value, path) : invalidRequest('Invalid object', path);
    }
    if (schema.type === 'array') return this.#array(schema, value, path);
    return scalarProblem(schema, value, path);
  }

  #alternatives(schemas: Schema[], value: unknown, path: string): ApiFailure | null {
    const problems = schemas.map((schema) => this.#problem(schema, value, path));
    // An unknown nested parameter says more than "not a string".
    return problems.includes(null)
      ? null
      : (problems.find((problem) => problem?.fields.param !== path) ?? problems[0] ?? null);
  }

  #object(schema: Schema, value: Record<string, unknown>, path: string): ApiFailure | null {
    const name = (key: string) => (path === '' ? key : `${path}[${key}]`);
    for (const [key, inner] of Object.entries(value)) {
      const known =
        schema.properties?.[key] ??
        (isRecord(schema.additionalProperties) ? schema.additionalProperties : null);
      if (known === null) {
        return invalidRequest(`Received unknown parameter: ${name(key)}`, name(key), 'parameter_unknown');
      }
      const problem = this.#problem(known, inner, name(key));
      if (problem) return problem;
    }
    const missing = schema.required?.find((key) => value[key] === undefined);
    return missing === undefined ? null : missingParameter(name(missing));
  }

  #array(schema: Schema, value: unknown, path: string): ApiFailure | null {
    if (!Array.isArray(value)) return invalidRequest('Invalid array', path);
    for (const [index, entry] of value.entries()) {
      const problem = this.#problem(schema.items ?? {}, entry, `${path}[${index}]`);
      if (problem) return problem;
    }
    return null;
  }
}

/** Form values are text; `42` is a fine number and `true` a fine boolean. */
function scalarProblem(schema: Schema, value: unknown, path: string): ApiFailure | null {
  if (schema.type === undefined && !schema.enum && schema.const === undefined) return null;
  if (isRecord(value) || Array.isArray(value)) return invalidRequest('Invalid value', path);
  const text = String(value);
  const allowed = schema.enum ?? (schema.const === undefined ? null : [schema.const]);
  if (allowed && !allowed.map(String).includes(text)) {
    return invalidRequest(`Invalid ${path}: must be one of ${allowed.map(String).join(', ')}`, path);
  }
  if (schema.type === 'number' && !/^-?\d+(\.\d+)?$/.test(text)) {
    return invalidRequest(`Invalid integer: ${text}`, path, 'parameter_invalid_integer');
  }
  if (schema.type === 'boolean' && text !== 'true' && text !== 'false') {
    return invalidRequest(`Invalid boolean: ${text}`, path);
  }
  return null;
}
