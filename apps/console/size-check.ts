import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

// Budgets of what a browser has to load, in kilobytes after gzip. Run after `vite build`.
const firstLoadMax = 200;
const chartMax = 140;
const chunkMax = 50;
const stylesMax = 40;

const dist = fileURLToPath(new URL('./dist/', import.meta.url));
const files = readdirSync(`${dist}assets`).map((name) => ({
  name,
  kilobytes: gzipSync(readFileSync(`${dist}assets/${name}`)).length / 1024,
}));
const html = readFileSync(`${dist}index.html`, 'utf8');
const isFirst = (name: string) => html.includes(`/assets/${name}`);
const scripts = files.filter(({ name }) => name.endsWith('.js'));
const sum = (some: typeof files) => some.reduce((total, { kilobytes }) => total + kilobytes, 0);
const isChart = (name: string) => name.toLowerCase().includes('chart');

const measured = [
  {
    what: 'first-load scripts',
    kilobytes: sum(scripts.filter(({ name }) => isFirst(name))),
    max: firstLoadMax,
  },
  { what: 'all styles', kilobytes: sum(files.filter(({ name }) => name.endsWith('.css'))), max: stylesMax },
  ...scripts
    .filter(({ name }) => !isFirst(name))
    .map(({ name, kilobytes }) => ({ what: name, kilobytes, max: isChart(name) ? chartMax : chunkMax })),
];
const tooLarge = measured.filter(({ kilobytes, max }) => kilobytes > max);
const shown = [...measured.slice(0, 2), ...measured.filter(({ what }) => isChart(what)), ...tooLarge];
for (const { what, kilobytes, max } of shown) {
  process.stdout.write(`${Math.ceil(kilobytes)} of ${max} KB  ${what}\n`);
}
if (files.some(({ name }) => /\.(woff2?|ttf|otf)$/.test(name)))
  throw new Error('fonts are not part of the bundle');
if (tooLarge.length > 0) process.exitCode = 1;
