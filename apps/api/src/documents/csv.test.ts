import { describe, expect, it } from 'vitest';
import { csvText } from './csv.ts';

describe('comma-separated values', () => {
  it('quote what would break a row and leave nothing for null', () => {
    expect(csvText([['a,b', 'say "x"', null, 'two\nlines']])).toBe('"a,b","say ""x""",,"two\nlines"\r\n');
  });

  it.each(['=1+1', '+1', '@SUM(A1)', '-2+3', '\t=1'])('make %j text instead of a formula (U25)', (value) => {
    expect(csvText([[value]])).toBe(`'${value}\r\n`);
  });

  it('keep negative amounts numbers', () => {
    expect(csvText([['-250', '-1.5']])).toBe('-250,-1.5\r\n');
  });
});
