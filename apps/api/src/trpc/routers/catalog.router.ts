import { familyViewSchema } from '@metergate/core/catalog/catalog.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { memberProcedure, publicProcedure } from '../procedures.ts';

export const catalogRouter = t.router({
  list: publicProcedure.output(z.array(familyViewSchema)).query(() => pending()),
  forOrganization: memberProcedure.output(z.array(familyViewSchema)).query(() => pending()),
});
