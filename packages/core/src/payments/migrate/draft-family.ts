import { z } from 'zod';
import { defineFamily } from '../../catalog/define-family.ts';
import { type ProductFamily, productFamilySchema } from '../../catalog/product-family.ts';
import { AppError } from '../../shared/app-error.ts';

/**
 * A family as it might be sold, from the JSON that staff wrote, held to the rules of every catalogue.
 * @throws CATALOG_DRAFT_INVALID naming every problem
 */
export function readDraft(key: string, text: string): ProductFamily {
  const parsed = productFamilySchema.safeParse(readJson(text));
  if (!parsed.success) {
    throw draftInvalid(
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`),
    );
  }
  if (parsed.data.key !== key) throw draftInvalid([`key: this is ${parsed.data.key}, not ${key}`]);
  try {
    return defineFamily(parsed.data);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw draftInvalid(z.array(z.string()).catch([]).parse(error.context?.problems));
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw draftInvalid(['file: is not JSON']);
  }
}

const problemsShownMax = 10;

function draftInvalid(problems: readonly string[]): AppError {
  const shown = problems.slice(0, problemsShownMax);
  return new AppError({
    code: 'CATALOG_DRAFT_INVALID',
    kind: 'invalid_input',
    message: `a draft that is no family: ${shown.join('; ')}`,
    userMessage: `This draft cannot be compared: ${shown.join('; ')}.`,
  });
}
