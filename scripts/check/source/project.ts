import { type ParsedSource, parseSource } from './parse-source.ts';

export interface ProjectFile {
  /** Relative to the project root, with forward slashes. */
  path: string;
  text: string;
}

/** What the project's own checks look at. */
export interface Project {
  files: readonly ProjectFile[];
  /** Every TypeScript file, parsed. */
  sources: readonly ParsedSource[];
  /** Looks a source up by its path. */
  source(path: string): ParsedSource | undefined;
}

export interface Problem {
  file: string;
  line?: number;
  message: string;
  /** A warning is shown and does not fail the check. */
  severity?: 'warning';
}

export interface Check {
  name: string;
  run(project: Project): Problem[];
  /** How many things were looked at; none at all means that the check itself is broken. */
  countSubjects(project: Project): number;
}

export function createProject(files: readonly ProjectFile[]): Project {
  const sources = files.filter(({ path }) => /\.tsx?$/.test(path)).map(parseSource);
  const byPath = new Map(sources.map((source) => [source.path, source]));
  return { files, sources, source: (path) => byPath.get(path) };
}

/** A project made of texts, for the checks' own tests. */
export function projectOf(texts: Record<string, string>): Project {
  return createProject(Object.entries(texts).map(([path, text]) => ({ path, text })));
}
