import { invalidRequest, missingParameter } from './errors.ts';

/** Typed access to decoded request parameters; a wrong type answers Stripe's 400. `''` means "unset". */
export class Params {
  readonly raw: Record<string, unknown>;
  readonly #path: string;

  constructor(raw: Record<string, unknown>, path = '') {
    this.raw = raw;
    this.#path = path;
  }

  /** These parameters with some replaced. */
  with(fields: Record<string, unknown>): Params {
    return new Params({ ...this.raw, ...fields }, this.#path);
  }

  nameOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}[${name}]`;
  }

  has(name: string): boolean {
    return this.raw[name] !== undefined;
  }

  /** True when the parameter was sent empty, which clears the field. */
  isUnset(name: string): boolean {
    return this.raw[name] === '' || this.raw[name] === null;
  }

  text(name: string): string | undefined {
    const value = this.raw[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw invalidRequest(`Invalid string: ${JSON.stringify(value)}`, this.nameOf(name));
  }

  requireText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missingParameter(this.nameOf(name));
    if (value === '') {
      const message = `You passed an empty string for '${this.nameOf(name)}'. We assume empty values are an attempt to unset a parameter; however '${this.nameOf(name)}' cannot be unset.`;
      throw invalidRequest(message, this.nameOf(name), 'parameter_invalid_empty');
    }
    return value;
  }

  /** Text, or null when sent empty or not at all. */
  textOrNull(name: string): string | null {
    return this.text(name) || null;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined || value === '') return undefined;
    if (!/^-?\d{1,15}$/.test(value)) {
      throw invalidRequest(`Invalid integer: ${value}`, this.nameOf(name), 'parameter_invalid_integer');
    }
    return Number(value);
  }

  requireInteger(name: string): number {
    const value = this.integer(name);
    if (value === undefined) throw missingParameter(this.nameOf(name));
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined || value === '') return undefined;
    if (value !== 'true' && value !== 'false')
      throw invalidRequest(`Invalid boolean: ${value}`, this.nameOf(name));
    return value === 'true';
  }

  sub(name: string): Params | undefined {
    const value = this.raw[name];
    if (value === undefined || value === '' || value === null) return undefined;
    if (!isRecord(value)) throw invalidRequest('Invalid object', this.nameOf(name));
    return new Params(value, this.nameOf(name));
  }

  subs(name: string): Params[] | undefined {
    const value = this.raw[name];
    if (value === undefined) return undefined;
    if (value === '' || value === null) return [];
    if (!Array.isArray(value)) throw invalidRequest('Invalid array', this.nameOf(name));
    return value.map((entry, index) => {
      if (!isRecord(entry)) throw invalidRequest('Invalid object', `${this.nameOf(name)}[${index}]`);
      return new Params(entry, `${this.nameOf(name)}[${index}]`);
    });
  }

  texts(name: string): string[] | undefined {
    const value = this.raw[name];
    if (value === undefined) return undefined;
    if (value === '' || value === null) return [];
    if (Array.isArray(value)) return value.map(String);
    if (typeof value === 'string') return [value];
    throw invalidRequest('Invalid array', this.nameOf(name));
  }

  /** A parameter with a closed set of values. */
  choice<const T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined || value === '') return undefined;
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) {
      throw invalidRequest(`Invalid ${name}: must be one of ${values.join(', ')}`, this.nameOf(name));
    }
    return found;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
