import { currenciesOf, type ProductFamily, planVersionOf } from '@metergate/core';
import { familyViewSchema } from '@metergate/core/catalog/catalog.schemas';
import { z } from 'zod';
import { toFamilyView } from '../../catalog/catalog-view.ts';
import { t } from '../init.ts';
import { memberProcedure, publicProcedure } from '../procedures.ts';

export const catalogRouter = t.router({
  list: publicProcedure
    .output(z.array(familyViewSchema))
    .query(({ ctx }) => [...ctx.container.catalog.values()].map((family) => toFamilyView(family))),
  /** The families this organization may see, in its own currency where they are sold in it. */
  forOrganization: memberProcedure.output(z.array(familyViewSchema)).query(async ({ ctx }) => {
    const { container, organizationId } = ctx;
    const organization = await container.unitOfWork.run(organizationId, (tx) =>
      tx.organizations.find(organizationId),
    );
    const visible = [...container.catalog.values()].filter(
      ({ key }) => organization?.families?.includes(key) ?? true,
    );
    return visible.map((family) => toFamilyView(family, soldIn(family, organization?.currency)));
  }),
});

/** The currency when at least one paid plan is sold in it; else undefined: then every price is shown. */
function soldIn(family: ProductFamily, currency: string | undefined): string | undefined {
  const plans = family.plans.flatMap(({ key }) => planVersionOf(family, key) ?? []);
  return plans.some((plan) => currency !== undefined && currenciesOf(plan).includes(currency))
    ? currency
    : undefined;
}
