import ts from 'typescript';

type Schema = Record<string, unknown>;

/** Converts the exported type aliases of one TypeScript file to JSON Schema; `Decimal` is a string on the wire. */
export function createConverter(entry: string) {
  const program = ts.createProgram([entry], {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const definitions: Record<string, Schema> = {};
  const names = new Map<ts.Type, string>();

  function convert(type: ts.Type): Schema | null {
    const literal = convertLiteral(type);
    if (literal !== undefined) return literal;
    if (type.isUnion()) return convertUnion(type);
    if (type.isIntersection()) return { type: 'string' };
    if (!(type.flags & ts.TypeFlags.Object)) return {};
    if (type.symbol?.name === 'Decimal') return { type: 'string' };
    if (checker.isArrayType(type)) {
      const [element] = checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: (element && convert(element)) ?? {} };
    }
    return { $ref: define(type) };
  }

  function convertUnion(union: ts.UnionType): Schema {
    // `'a' | 'b' | OtherString`: the SDK leaves enums open; the marker lets a validator treat them as closed.
    const isOpen = union.types.some((type) => type.isIntersection());
    const parts = union.types
      .filter((type) => !type.isIntersection())
      .map(convert)
      .filter((part) => part !== null);
    const constants = parts.filter((part) => 'const' in part).map((part) => part.const);
    const rest = parts.filter((part) => !('const' in part));
    if (constants.length > 0) rest.push({ enum: constants, ...(isOpen ? { 'x-open': true } : {}) });
    else if (isOpen) rest.push({ type: 'string' });
    const unique = [...new Map(rest.map((part) => [JSON.stringify(part), part])).values()];
    return unique.length === 1 && unique[0] ? unique[0] : { anyOf: unique };
  }

  function define(type: ts.Type): string {
    const known = names.get(type);
    if (known) return known;
    const base = definitionName(type);
    let name = base;
    for (let copy = 2; definitions[name]; copy++) name = `${base}#${copy}`;
    names.set(type, name);
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    const index = checker.getIndexInfosOfType(type)[0];
    const definition: Schema = { type: 'object', properties, required, additionalProperties: false };
    definitions[name] = definition;
    if (index) definition.additionalProperties = convert(index.type) ?? true;
    for (const property of checker.getPropertiesOfType(type)) {
      const schema = convert(checker.getTypeOfSymbol(property));
      if (schema === null) continue;
      properties[property.name] = schema;
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
    }
    return name;
  }

  function definitionName(type: ts.Type): string {
    const symbol = type.aliasSymbol ?? type.symbol;
    const name = symbol ? checker.getFullyQualifiedName(symbol).replace(/^"[^"]*"\./, '') : 'anonymous';
    const args = type.aliasTypeArguments ?? checker.getTypeArguments(type as ts.TypeReference);
    return args.length === 0 ? name : `${name}<${args.map((arg) => checker.typeToString(arg)).join(',')}>`;
  }

  function convertAliases(): Record<string, Schema | null> {
    const roots: Record<string, Schema | null> = {};
    const source = program.getSourceFile(entry);
    if (!source) throw new Error(`cannot read ${entry}`);
    ts.forEachChild(source, (node) => {
      if (ts.isTypeAliasDeclaration(node))
        roots[node.name.text] = convert(checker.getTypeAtLocation(node.name));
    });
    return roots;
  }

  return { definitions, convertAliases };
}

function convertLiteral(type: ts.Type): Schema | null | undefined {
  const { flags } = type;
  if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
  if (flags & ts.TypeFlags.Null) return { type: 'null' };
  if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return null;
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  if (flags & ts.TypeFlags.BooleanLiteral)
    return { const: 'intrinsicName' in type && type.intrinsicName === 'true' };
  if (flags & ts.TypeFlags.String) return { type: 'string' };
  if (flags & ts.TypeFlags.Number) return { type: 'number' };
  if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
  return undefined;
}
