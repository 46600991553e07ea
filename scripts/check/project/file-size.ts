import type { Check, Problem } from '../source/project.ts';

const LINES_MAX = 400;
const LINES_TO_LOOK_AT = 300;
const FOLDER_FILES_MAX = 15;
const FOLDER_LEVELS_MAX = 4;
const code = /\.(tsx?|mjs)$/;

/** Long files have more than one job; crowded folders hide a concept. Function length is biome's to check. */
export const fileSize: Check = {
  name: 'file and folder size',
  countSubjects: (project) => project.files.filter(({ path }) => code.test(path)).length,
  run: (project) => {
    const files = project.files.filter(({ path }) => code.test(path));
    return [
      ...files.flatMap(({ path, text }) => longFile(path, text)),
      ...crowdedFolders(files.map(({ path }) => path)),
    ];
  },
};

function longFile(file: string, text: string): Problem[] {
  const lines = text.trimEnd().split('\n').length;
  if (lines > LINES_MAX) return [{ file, message: `${lines} lines; at most ${LINES_MAX}.` }];
  if (lines <= LINES_TO_LOOK_AT) return [];
  return [{ file, message: `${lines} lines: does it have more than one job?`, severity: 'warning' }];
}

function crowdedFolders(paths: string[]): Problem[] {
  const counts = new Map<string, number>();
  const problems: Problem[] = [];
  // Tests stand beside what they test and do not make a folder harder to survey.
  for (const path of paths.filter((one) => !/\.(test|itest|contract)\./.test(one))) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  for (const [folder, count] of counts) {
    if (count > FOLDER_FILES_MAX) {
      problems.push({
        file: folder,
        message: `${count} files; more than ${FOLDER_FILES_MAX}.`,
        severity: 'warning',
      });
    }
    const levels = /\/src\/(.*)$/.exec(folder)?.[1]?.split('/').length ?? 1;
    if (levels - 1 > FOLDER_LEVELS_MAX) {
      problems.push({
        file: folder,
        message: `More than ${FOLDER_LEVELS_MAX} levels below src.`,
        severity: 'warning',
      });
    }
  }
  return problems;
}
