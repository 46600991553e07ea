import type { Check } from '../source/project.ts';

/** An address would tie every installation to the mirror that the last developer used. */
const address = /https?:\/\/|\btarball:|\bresolved\b/;

export const lockfile: Check = {
  name: 'lockfile without addresses',
  countSubjects: (project) => project.files.filter(({ path }) => path === 'pnpm-lock.yaml').length,
  run: (project) =>
    project.files
      .filter(({ path }) => path === 'pnpm-lock.yaml')
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .flatMap((content, index) =>
            address.test(content)
              ? [{ file: path, line: index + 1, message: `An address: ${content.trim()}` }]
              : [],
          ),
      ),
};
