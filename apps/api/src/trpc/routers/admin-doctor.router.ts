import { doctorViewSchema, repairAnswerSchema } from '@metergate/core/admin/doctor.schemas';
import { z } from 'zod';
import { readDoctor, repairRule } from '../../admin/doctor.ts';
import { t } from '../init.ts';
import { superAdminProcedure, supportProcedure } from '../procedures.ts';

export const adminDoctorRouter = t.router({
  check: supportProcedure.output(doctorViewSchema).query(({ ctx }) => readDoctor(ctx.container)),
  repair: superAdminProcedure
    .input(z.object({ key: z.string().max(60), reason: z.string().trim().min(3).max(500) }))
    .output(repairAnswerSchema)
    .mutation(async ({ ctx, input }) => {
      const tried = await repairRule(ctx.container, { actor: ctx.actor, ...input });
      return { ...tried, doctor: await readDoctor(ctx.container) };
    }),
});
