import type { ImportStatement, ParsedSource } from '../source/parse-source.ts';
import type { Check, Problem } from '../source/project.ts';

const consoleSource = 'apps/console/src/';
/** Faces of core that are meant for the browser; everything else would drag use-cases into the bundle. */
const facesOfCore = /^@metergate\/core\/(shared\/|[a-z-]+\/(model|[a-z-]+\.schemas|[a-z-]+-lifecycle)$)/;

/** ui → components → features → routes; features do not import each other; of core only the faces for browsers. */
export const consoleLayers: Check = {
  name: 'layers of the console',
  countSubjects: (project) => project.sources.filter(({ path }) => path.startsWith(consoleSource)).length,
  run: (project) => project.sources.filter(({ path }) => path.startsWith(consoleSource)).flatMap(problemsOf),
};

function problemsOf(source: ParsedSource): Problem[] {
  if (source.isTest) return [];
  return source.imports.flatMap((statement) => {
    const message = refusalOf(source.path.slice(consoleSource.length), statement);
    return message === null ? [] : [{ file: source.path, line: statement.line, message }];
  });
}

function refusalOf(from: string, { specifier, target, isTypeOnly }: ImportStatement): string | null {
  if (specifier.startsWith('@metergate/core')) {
    if (isTypeOnly || facesOfCore.test(specifier)) return null;
    return `"${specifier}" is no face of core for browsers: use a module's model, schemas, lifecycle, or shared/.`;
  }
  if (!target?.startsWith(consoleSource)) return null;
  const to = target.slice(consoleSource.length);
  const [layer, feature] = from.split('/');
  const [otherLayer, otherFeature] = to.split('/');
  if (layer === 'ui' && otherLayer !== 'ui') return `ui may import only ui, not ${otherLayer}.`;
  if (layer === 'components' && (otherLayer === 'features' || otherLayer === 'layouts')) {
    return `components may not import ${otherLayer}.`;
  }
  if (layer === 'features' && otherLayer === 'features' && feature !== otherFeature) {
    return `Features do not import each other: ${feature} imports ${otherFeature}.`;
  }
  return null;
}
