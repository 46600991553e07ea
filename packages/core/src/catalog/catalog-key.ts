import { z } from 'zod';

/** Name of a family or plan: no underscore, so that lookup keys can be read back. */
export const offerKeySchema = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes');

/** Name of a meter, feature, add-on or price component. */
export const catalogKeySchema = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and underscores');
