/** Appears in every free text of a sample row, so that a leak of any column is found. */
export const canary = 'canary-7f3d';

export type SampleRow = Record<string, unknown>;

export const from = '2026-03-01T00:00:00.000Z';
export const to = '2026-04-01T00:00:00.000Z';
export const hash = Buffer.alloc(32, 1);
export const json = JSON.stringify({ text: canary });

/** Ids that tie the sample rows of one organization together; `number` makes them differ between organizations. */
export function sampleIds(number: number) {
  const id = (kind: number) => `00000000-0000-7000-8000-${String(number * 1000 + kind).padStart(12, '0')}`;
  return {
    organization: id(1),
    client: id(2),
    subscription: id(3),
    invoice: id(4),
    line: id(5),
    other: id(6),
  };
}

export type Ids = ReturnType<typeof sampleIds>;
export type Rows = [table: string, row: SampleRow][];
