import { z } from 'zod';

/** Query of every list: at most 100 rows a page; the cursor is opaque and bound to the list that made it. */
export const pageQuerySchema = z.object({
  limit: z.number().int().min(1).max(100).default(25),
  cursor: z.string().max(500).optional(),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

export interface Page<T> {
  items: T[];
  /** null = this was the last page. */
  nextCursor: string | null;
}

/** Schema of one page of `item`. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
