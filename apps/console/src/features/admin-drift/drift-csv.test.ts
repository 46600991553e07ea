import { expect, test } from 'vitest';
import { driftFindings } from '../../../dev/drift-fixtures.ts';
import { driftCsv } from './drift-csv.ts';

test('each field is a line, and a text that begins like a formula is none', () => {
  const [first, second] = driftFindings;
  if (first === undefined || second === undefined) throw new Error('fixtures have two differences');
  const csv = driftCsv([{ ...first, reason: '=HYPERLINK("x")' }, second]).split('\r\n');
  expect(csv).toHaveLength(4);
  expect(csv[1]).toContain('invoice in_1QabcdEFGH0001,money,critical,open,totalMinor,4900,5100');
  expect(csv[1]).toContain(`"'=HYPERLINK(""x"")"`);
});
