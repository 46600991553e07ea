import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const main = path.join(root, 'apps/api/src/main.ts');

/**
 * The API with everything it imports in a few files, and answers the one to run. Trials start it some forty times,
 * and half of a start is the search for 1 200 modules. The code is the same; each module still knows where it lives.
 */
export async function bundleApi(folder: string): Promise<string> {
  const bundle = await rolldown({
    input: main,
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'keep-addresses',
        transform(code, id) {
          if (!code.includes('import.meta.url')) return null;
          return code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href));
        },
      },
    ],
  });
  await bundle.write({ dir: folder, format: 'esm' });
  await bundle.close();
  return path.join(folder, 'main.js');
}
