import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { shortForms } from './short-forms.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** The table of promises; what follows tells how long they take. */
const [page = ''] = readFileSync(path.join(root, 'docs/trust/promises.md'), 'utf8').split('\n## ');
/** Number and proofs of each row. */
const promises = [...page.matchAll(/^\| P(\d+) +\|.*\|([^|]*)\|$/gm)].map(([, number = '', proofs = '']) => ({
  number: Number(number),
  proofs: [...proofs.matchAll(/`([^`]+)`/g)].map(([, proof = '']) => proof),
}));
const programs = readdirSync(path.join(root, 'bench/src/faults')).flatMap(
  (file) => /^(p\d\d)\.ts$/.exec(file)?.[1] ?? [],
);

test('every promise from the first to the last is on the page, with a proof that exists', () => {
  expect(promises.map(({ number }) => number)).toEqual(Array.from({ length: 23 }, (_, n) => n + 1));
  for (const { number, proofs } of promises) {
    expect(proofs.length, `P${number}`).toBeGreaterThan(0);
    for (const proof of proofs) expect(exists(proof), `P${number}: ${proof}`).toBe(true);
  }
});

test('every program proves the promise of its number', () => {
  for (const program of programs) {
    const promise = promises.find(({ number }) => number === Number(program.slice(1)));
    expect(promise?.proofs, program).toContain(`npm run faults ${program}`);
  }
});

test('every program but the one that needs an installed PostgreSQL runs with the tests', async () => {
  expect((await shortForms()).toSorted()).toEqual(programs.filter((name) => name !== 'p22').toSorted());
});

function exists(proof: string): boolean {
  const [, kind, name] = /^npm run (faults|bench) (\S+)$/.exec(proof) ?? [];
  if (kind === undefined) return existsSync(path.join(root, proof));
  return existsSync(path.join(root, 'bench/src', kind === 'faults' ? 'faults' : 'programs', `${name}.ts`));
}
