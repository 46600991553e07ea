export interface BuiltFile {
  /** Relative to the build's folder, for example `assets/index-abc.js`. */
  path: string;
  gzipBytes: number;
}

const KIB = 1024;
const FIRST_LOAD_BYTES_MAX = 200 * KIB;
const CHUNK_BYTES_MAX = 50 * KIB;
/** The chart library is one large chunk that only pages with charts load. */
const CHART_CHUNK_BYTES_MAX = 140 * KIB;
const CSS_BYTES_MAX = 40 * KIB;

/** What the console may weigh over the wire: first load, each later chunk, styles, and no fonts at all. */
export function budgetProblems(indexHtml: string, files: readonly BuiltFile[]): string[] {
  const isFirstLoad = ({ path }: BuiltFile) => indexHtml.includes(`/${path}"`);
  const scripts = files.filter(({ path }) => path.endsWith('.js'));
  const sum = (parts: readonly BuiltFile[]) => parts.reduce((total, { gzipBytes }) => total + gzipBytes, 0);
  const styles = files.filter((file) => file.path.endsWith('.css') && isFirstLoad(file));
  const fonts = files.filter(({ path }) => /\.(woff2?|ttf|otf)$/.test(path));
  return [
    ...over('first-load JavaScript', sum(scripts.filter(isFirstLoad)), FIRST_LOAD_BYTES_MAX),
    ...over('styles of the first load', sum(styles), CSS_BYTES_MAX),
    ...scripts
      .filter((file) => !isFirstLoad(file))
      .flatMap(({ path, gzipBytes }) => over(path, gzipBytes, chunkMaxOf(path))),
    ...fonts.map(({ path }) => `${path}: fonts are not part of the console`),
  ];
}

function chunkMaxOf(path: string): number {
  return /chart/i.test(path) ? CHART_CHUNK_BYTES_MAX : CHUNK_BYTES_MAX;
}

function over(what: string, bytes: number, bytesMax: number): string[] {
  if (bytes <= bytesMax) return [];
  return [`${what}: ${Math.ceil(bytes / KIB)} KiB gzip; at most ${bytesMax / KIB} KiB`];
}
