// A stamp is a file that holds the hash of the inputs a step last succeeded with.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from './project-root.mjs';

/** Hash of the names and contents of files and, recursively, of folders; a missing path counts as empty. */
export function hashOf(paths, salt = '') {
  const hash = createHash('sha256').update(salt);
  for (const path of paths) addToHash(hash, path);
  return hash.digest('hex');
}

function addToHash(hash, path) {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) {
      if (name !== 'node_modules' && name !== 'dist') addToHash(hash, join(path, name));
    }
    return;
  }
  // Relative, so that a moved checkout stays valid.
  hash
    .update(`${relative(projectRoot, path)}\0`)
    .update(readFileSync(path))
    .update('\0');
}

export function isStamped(file, hash) {
  return existsSync(file) && readFileSync(file, 'utf8') === hash;
}

export function writeStamp(file, hash) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
}
