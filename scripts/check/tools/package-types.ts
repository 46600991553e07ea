import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StepResult } from '../step-result.ts';
import { runTool } from './run-tool.ts';

const folders = ['packages/*', 'apps/*', 'catalogs', 'e2e', 'bench', 'scripts'];
const TOGETHER_MAX = 2;

/** The native compiler over every package that has sources; each is checked with its own settings. */
export async function runTypeChecks(root: string): Promise<StepResult[]> {
  const queue = globSync(
    folders.map((folder) => `${folder}/tsconfig.json`),
    { cwd: root },
  )
    .map((config) => dirname(config))
    .filter((folder) => hasSources(join(root, folder)))
    .sort();
  const results: StepResult[] = [];
  const work = async () => {
    for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
      results.push(
        await runTool({
          name: `types of ${folder}`,
          command: 'tsc',
          args: ['--noEmit', '-p', folder],
          cwd: root,
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: TOGETHER_MAX }, work));
  return results.sort((a, b) => a.name.localeCompare(b.name));
}

function hasSources(folder: string): boolean {
  if (!existsSync(folder)) return false;
  return globSync('**/*.{ts,tsx}', { cwd: folder, exclude: (name) => name === 'node_modules' }).length > 0;
}
