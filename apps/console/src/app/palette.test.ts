import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { colorDifference, contrastRatio, simulateDeficiency } from './palette-math.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const schemes = ['light', 'dark'] as const;

/** Variables of one scheme as written in the style sheet. */
function tokensOf(scheme: (typeof schemes)[number]): (name: string) => string {
  const start = css.search(new RegExp(`:root\\[data-mantine-color-scheme=["']${scheme}["']\\]`));
  const block = css.slice(start, css.indexOf('}', start));
  return (name) => {
    const value = new RegExp(`--mg-${name}:\\s*(#[0-9a-f]{6})`).exec(block)?.[1];
    if (value === undefined) throw new Error(`${scheme} has no color named ${name}`);
    return value;
  };
}

const textRoles = ['text', 'muted', 'accent', 'ok', 'warn', 'danger', 'info'];
const tints = ['accent', 'ok', 'warn', 'danger', 'info'];
const series = [1, 2, 3, 4, 5, 6].map((number) => `series-${number}`);

test.each(schemes)('%s: text of every role reads on page, surface and sunken ground', (scheme) => {
  const color = tokensOf(scheme);
  for (const role of textRoles) {
    for (const ground of ['page', 'surface', 'sunken']) {
      expect(contrastRatio(color(role), color(ground)), `${role} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test.each(schemes)('%s: words on tints and on filled buttons read', (scheme) => {
  const color = tokensOf(scheme);
  for (const tint of tints) {
    expect(contrastRatio(color(`on-${tint}-tint`), color(`${tint}-tint`)), tint).toBeGreaterThanOrEqual(4.5);
  }
  for (const filled of ['accent', 'danger']) {
    expect(contrastRatio(color(`on-${filled}`), color(filled)), filled).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(color(`on-${filled}`), color(`${filled}-hover`)), filled).toBeGreaterThanOrEqual(
      4.5,
    );
  }
});

test.each(schemes)('%s: edges of controls and every chart series stand out from their ground', (scheme) => {
  const color = tokensOf(scheme);
  for (const name of ['control', ...series]) {
    expect(contrastRatio(color(name), color('surface')), name).toBeGreaterThanOrEqual(3);
  }
});

test.each(schemes)('%s: any two series stay apart, also without one kind of cone', (scheme) => {
  const color = tokensOf(scheme);
  for (const kind of ['none', 'protan', 'deutan', 'tritan'] as const) {
    for (const [index, left] of series.entries()) {
      for (const right of series.slice(index + 1)) {
        const apart = colorDifference(
          simulateDeficiency(color(left), kind),
          simulateDeficiency(color(right), kind),
        );
        expect(apart, `${left} and ${right}, ${kind}`).toBeGreaterThanOrEqual(15);
      }
    }
  }
});
