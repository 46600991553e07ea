import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createProject, type Project } from './project.ts';

const TEXT_FILE_BYTES_MAX = 1_000_000;
const notText = /\.(png|jpe?g|gif|ico|webp|woff2?|pdf|zip|gz)$/;
const notOurs = /(^|\/)(node_modules|dist|generated|\.git|\.cache|\.metergate|\.turbo|artefacts)(\/|$)/;

/** Tracked and new files alike, so that a check also sees what is about to be committed. */
export function readProject(root: string): Project {
  const paths = listPaths(root).filter((path) => !notText.test(path) && !notOurs.test(path));
  const files = paths
    .filter((path) => isSmallFile(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  return createProject(files);
}

function listPaths(root: string): string[] {
  // A downloaded archive has no .git; then everything outside the ignored folders counts.
  if (!existsSync(join(root, '.git'))) return walkFolder(root, '');
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  return listing.split('\0').filter((path) => path !== '');
}

function walkFolder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (notOurs.test(path)) return [];
    return entry.isDirectory() ? walkFolder(root, path) : [path];
  });
}

function isSmallFile(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= TEXT_FILE_BYTES_MAX;
}
