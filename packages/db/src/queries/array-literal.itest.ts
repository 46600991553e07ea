import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainArray, textArray } from './array-literal.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());

const texts = [
  '',
  'NULL',
  'null',
  null,
  ' a ',
  'a,b',
  '{}',
  '{a,"b"}',
  '"',
  '\\',
  '\\"',
  '\n\t',
  'é😀',
  "'; drop",
];

test('texts arrive as they are, whatever is in them', async () => {
  const { rows } = await db.owner.query('select $1::text[] as sent, cardinality($1::text[]) as count', [
    textArray(texts),
  ]);
  expect(rows).toEqual([{ sent: texts, count: texts.length }]);
});

test('no values and plain values arrive as they are', async () => {
  const { rows } = await db.owner.query('select $1::text[] as none, $2::numeric[]::text[] as numbers', [
    textArray([]),
    plainArray(['1', '-2.5']),
  ]);
  expect(rows).toEqual([{ none: [], numbers: ['1', '-2.5'] }]);
});
