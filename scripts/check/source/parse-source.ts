import { posix } from 'node:path';
import ts from 'typescript';
import type { ProjectFile } from './project.ts';

export interface ImportStatement {
  specifier: string;
  line: number;
  /** Erased at run time. */
  isTypeOnly: boolean;
  /** The project file a relative specifier names. */
  target: string | null;
}

export interface ParsedSource extends ProjectFile {
  tree: ts.SourceFile;
  imports: readonly ImportStatement[];
  isTest: boolean;
  lineOf(node: ts.Node): number;
}

/** Syntax only: the checks need no types, and a thousand files take about a second. */
export function parseSource({ path, text }: ProjectFile): ParsedSource {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const lineOf = (node: ts.Node) => tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  return { path, text, tree, lineOf, imports: findImports(tree, path, lineOf), isTest: isTestPath(path) };
}

/** Tests, the tools that only tests use, and configuration of tools. */
export function isTestPath(path: string): boolean {
  return (
    /\.(test|itest|contract|e2e)\.tsx?$/.test(path) ||
    /(^|\/)(test|contract|e2e)\//.test(path) ||
    /\.config\.ts$/.test(path) ||
    path.startsWith('packages/testing/')
  );
}

/** Calls `visit` for every node below, in source order. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function findImports(
  tree: ts.SourceFile,
  path: string,
  lineOf: (node: ts.Node) => number,
): ImportStatement[] {
  const found: ImportStatement[] = [];
  const add = (literal: ts.Node | undefined, isTypeOnly: boolean) => {
    if (!literal || !ts.isStringLiteralLike(literal)) return;
    const specifier = literal.text;
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
    found.push({ specifier, line: lineOf(literal), isTypeOnly, target });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isErased(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
  });
  return found;
}

function isErased(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  if (clause.name || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}
