import type { Check, Problem, ProjectFile } from '../source/project.ts';

interface Word {
  pattern: RegExp;
  message: string;
  appliesTo: RegExp;
}

const anyFile = /./;
const code = /\.(tsx?|mjs|css|sql|prisma)$/;

const words: readonly Word[] = [
  {
    // Only as the start of a path: `docs/home/…` is nobody's machine.
    pattern: /(?<![\w.:*-])\/(work|home|Users|farm|root)\/\w/,
    message: 'A path of one machine.',
    appliesTo: anyFile,
  },
  {
    pattern: /(?<![\w.])\/tmp\/\w/,
    message: 'A fixed temporary path: ask the system (os.tmpdir).',
    appliesTo: anyFile,
  },
  {
    pattern: /\bregistry\.(npmjs|yarnpkg|npmmirror)\b/,
    message: 'An address of a package registry.',
    appliesTo: anyFile,
  },
  {
    pattern: /\b(TO[D]O|FIX[M]E)\b(?!\s*\(#\d+\))/,
    message: 'Unfinished: finish it, or name the issue.',
    appliesTo: code,
  },
  {
    pattern: /\b(not impl[e]mented|coming s[o]on|lorem ips[u]m)\b/i,
    message: 'A promise instead of a feature.',
    appliesTo: code,
  },
];

/** Nothing in the project speaks of the machine it was written on, and nothing promises what is not there. */
export const forbiddenWords: Check = {
  name: 'forbidden words',
  countSubjects: (project) => project.files.length,
  run: (project) => project.files.filter(({ path }) => path !== 'LICENSE').flatMap(problemsOf),
};

function problemsOf({ path, text }: ProjectFile): Problem[] {
  return words
    .filter(({ appliesTo, pattern }) => appliesTo.test(path) && pattern.test(text))
    .flatMap(({ pattern, message }) =>
      text.split('\n').flatMap((content, index) => {
        const found = pattern.exec(content)?.[0];
        return found === undefined
          ? []
          : [{ file: path, line: index + 1, message: `${message} ("${found.trim()}")` }];
      }),
    );
}
