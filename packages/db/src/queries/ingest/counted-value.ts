/** Values that are longer than an id stand in sets by their digest: a key of an index has to be short. */
const bytesMax = 255;

/** A value, of a text or null, as it stands in the set of a counter. */
export function countedValue(text: string): string {
  return `case when octet_length(${text}) <= ${bytesMax} then ${text} else encode(sha256(convert_to(${text}, 'UTF8')), 'hex') end`;
}

/** The property that each of these meters counts, as one object that is asked once for a statement; each meter by key. */
export function fieldsOf(meters: string): string {
  return `(select jsonb_object_agg(counting, field) from unnest(${meters}) as counting
            cross join lateral (select content ->> 'valueField' as field from meters where key = counting offset 0) as meter)`;
}
