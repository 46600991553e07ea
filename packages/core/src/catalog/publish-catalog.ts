import type { Actor } from '../shared/actor.ts';
import { AppError } from '../shared/app-error.ts';
import type { AuditLog } from '../shared/audit.ts';
import type { Clock } from '../shared/clock.ts';
import type { PlatformUnitOfWork } from '../shared/unit-of-work.ts';
import type { CatalogGateway, CatalogObjectSnapshot, PriceSnapshot } from './catalog-gateway.ports.ts';
import { contentHashInput } from './content-hash-input.ts';
import { checkExistingPrices, type ExistingPrice, isChargedAs, keysOfExisting } from './existing-prices.ts';
import type { ProductFamily } from './product-family.ts';
import type {
  CatalogObject,
  CatalogObjectKind,
  CatalogPublicationRepository,
  HashText,
  PublishedPlan,
} from './publish-catalog.ports.ts';
import { type PlannedPrice, plansOf, type StripeCatalog, stripeCatalogOf } from './stripe-catalog.ts';

export interface PublishDeps {
  platformUnitOfWork: PlatformUnitOfWork<{
    catalogPublications: CatalogPublicationRepository;
    audit: AuditLog;
  }>;
  gateway: CatalogGateway;
  clock: Clock;
  hash: HashText;
  /** Prices of before this catalogue that are taken over instead of being made. */
  existingPrices?: readonly ExistingPrice[];
}

export interface CatalogChange {
  kind: 'plan_version' | Exclude<CatalogObjectKind, 'coupon'>;
  key: string;
  /** `drift`: it exists with other content and cannot be changed; publishing is refused. */
  action: 'create' | 'update' | 'keep' | 'drift';
}

interface Plan {
  changes: CatalogChange[];
  catalog: StripeCatalog;
  remote: Record<'products' | 'meters', Map<string, CatalogObjectSnapshot>> & {
    prices: Map<string, PriceSnapshot>;
  };
  /** By key, the prices to take over. */
  existing: Map<string, ExistingPrice>;
  newPlans: PublishedPlan[];
}

/** What publishing would do; writes nothing. */
export async function diffCatalog(
  deps: PublishDeps,
  families: readonly ProductFamily[],
): Promise<CatalogChange[]> {
  return (await decide(deps, families)).changes;
}

/**
 * Makes products, prices and meters at Stripe and publishes the plan versions. Objects are found again by key, so
 * publishing twice, or in two processes at once, makes nothing twice. Throws CATALOG_DRIFT before the first write
 * when a published version or an existing price has other content than the catalogue.
 */
export async function publishCatalog(
  deps: PublishDeps,
  { actor, families }: { actor: Actor; families: readonly ProductFamily[] },
): Promise<CatalogChange[]> {
  const plan = await decide(deps, families);
  const drift = plan.changes.filter(({ action }) => action === 'drift');
  if (drift.length > 0) throw catalogDrift(drift);
  const objects = await push(deps, plan);
  await deps.platformUnitOfWork.run(async (tx) => {
    const known = await tx.catalogPublications.listObjects();
    for (const object of objects.filter((candidate) => !isStored(candidate, known))) {
      await tx.catalogPublications.saveObject(object);
    }
    for (const published of plan.newPlans) {
      await tx.catalogPublications.publishPlan({ ...published, publishedAt: deps.clock.now() });
    }
    for (const meter of families.flatMap(({ meters }) => meters)) {
      const contentHash = deps.hash(contentHashInput(meter));
      await tx.catalogPublications.saveMeter({ key: meter.key, content: meter, contentHash });
    }
    const made = plan.changes.filter(({ action }) => action !== 'keep');
    if (made.length === 0) return;
    await tx.audit.append({
      organizationId: null,
      actor,
      action: 'catalog.published',
      target: { kind: 'catalog', id: families.map(({ key }) => key).join(',') },
      after: { changes: made.map(({ kind, key, action }) => `${action} ${kind} ${key}`) },
    });
  });
  return plan.changes;
}

async function decide(deps: PublishDeps, families: readonly ProductFamily[]): Promise<Plan> {
  const catalog = stripeCatalogOf(families, deps.hash);
  const published = await deps.platformUnitOfWork.run((tx) => tx.catalogPublications.listPlans());
  const remote = {
    products: byKey(await deps.gateway.listCatalogProducts()),
    prices: byKey(await deps.gateway.findPrices(catalog.prices.map(({ key }) => key))),
    meters: byKey(await deps.gateway.listCatalogMeters()),
  };
  const { existingPrices = [] } = deps;
  await checkExistingPrices(deps, existingPrices, families);
  const existing = keysOfExisting(existingPrices, families);
  const plans = families.flatMap(plansOf).map(
    (plan): PublishedPlan => ({
      plan,
      contentHash: deps.hash(contentHashInput(plan)),
    }),
  );
  const planChanges = plans.map((candidate) => planChange(deps.hash, candidate, published));
  return {
    catalog,
    remote,
    existing,
    newPlans: plans.filter((_plan, position) => planChanges[position]?.action === 'create'),
    changes: [
      ...planChanges,
      ...catalog.meters.map(({ key }) => change('meter', key, remote.meters.has(key) ? 'keep' : 'create')),
      ...catalog.products.map((spec) => {
        const found = remote.products.get(spec.key);
        const isSame = found?.contentHash === spec.contentHash;
        return change('product', spec.key, found === undefined ? 'create' : isSame ? 'keep' : 'update');
      }),
      ...catalog.prices.map((spec) =>
        change('price', spec.key, priceAction(spec, remote.prices.get(spec.key), existing.get(spec.key))),
      ),
    ],
  };
}

/**
 * A price without our hash was made by hand under our key and may cost anything; one that was archived cannot be
 * bought, and one whose key was moved to another price charges that. People decide what becomes of them.
 */
function priceAction(
  spec: PlannedPrice,
  found: PriceSnapshot | undefined,
  existing: ExistingPrice | undefined,
): CatalogChange['action'] {
  if (found === undefined) return existing === undefined ? 'create' : 'update';
  if (existing !== undefined && existing.stripeId !== found.stripeId) return 'drift';
  const isSame = found.contentHash === spec.contentHash && isChargedAs(found, spec);
  return isSame && found.isActive ? 'keep' : 'drift';
}

async function push(deps: PublishDeps, { catalog, remote, existing }: Plan): Promise<CatalogObject[]> {
  const pushedAt = deps.clock.now();
  const objects: CatalogObject[] = [];
  const ids = { product: new Map<string, string>(), meter: new Map<string, string>() };
  for (const spec of catalog.meters) {
    const { stripeId } = remote.meters.get(spec.key) ?? (await deps.gateway.createMeter(spec));
    ids.meter.set(spec.key, stripeId);
    const contentHash = deps.hash(contentHashInput(spec));
    objects.push({ kind: 'meter', key: spec.key, stripeId, contentHash, pushedAt });
  }
  for (const spec of catalog.products) {
    const found = remote.products.get(spec.key);
    if (found !== undefined && found.contentHash !== spec.contentHash) {
      await deps.gateway.updateProduct(found.stripeId, spec);
    }
    const { stripeId } = found ?? (await deps.gateway.createProduct(spec));
    ids.product.set(spec.key, stripeId);
    objects.push({ kind: 'product', key: spec.key, stripeId, contentHash: spec.contentHash, pushedAt });
  }
  for (const { productKey, meterKey, ...spec } of catalog.prices) {
    const stripeProductId = ids.product.get(productKey) ?? '';
    const usage =
      meterKey === null
        ? { kind: 'licensed' as const }
        : { kind: 'metered' as const, stripeMeterId: ids.meter.get(meterKey) ?? '' };
    const adopted = existing.get(spec.key);
    const { stripeId } =
      remote.prices.get(spec.key) ??
      (adopted === undefined
        ? await deps.gateway.createPrice({ ...spec, stripeProductId, usage })
        : await deps.gateway.adoptPrice(adopted.stripeId, spec));
    objects.push({ kind: 'price', key: spec.key, stripeId, contentHash: spec.contentHash, pushedAt });
  }
  return objects;
}

/**
 * A published version never changes. Its rank is its place among the family's plans when it was published, which a
 * plan that is taken out of the catalogue or put into it moves without changing what was sold.
 */
function planChange(
  hash: HashText,
  { plan }: PublishedPlan,
  published: readonly PublishedPlan[],
): CatalogChange {
  const known = published.find(
    (candidate) =>
      candidate.plan.family === plan.family &&
      candidate.plan.key === plan.key &&
      candidate.plan.version === plan.version,
  );
  const inItsPlace = known === undefined ? plan : { ...plan, rank: known.plan.rank };
  const isSame = known?.contentHash === hash(contentHashInput(inItsPlace));
  const action = known === undefined ? 'create' : isSame ? 'keep' : 'drift';
  return change('plan_version', `${plan.family}/${plan.key} v${plan.version}`, action);
}

function change(kind: CatalogChange['kind'], key: string, action: CatalogChange['action']): CatalogChange {
  return { kind, key, action };
}

function isStored(object: CatalogObject, known: readonly CatalogObject[]): boolean {
  return known.some(
    ({ kind, key, stripeId, contentHash }) =>
      kind === object.kind &&
      key === object.key &&
      stripeId === object.stripeId &&
      contentHash === object.contentHash,
  );
}

function byKey<T extends CatalogObjectSnapshot>(objects: readonly T[]): Map<string, T> {
  return new Map(objects.map((object) => [object.key, object]));
}

function catalogDrift(drift: readonly CatalogChange[]): AppError {
  const keys = drift.map(({ kind, key }) => `${kind} ${key}`);
  return new AppError({
    code: 'CATALOG_DRIFT',
    kind: 'conflict',
    severity: 'error',
    message: `published content differs from the catalogue: ${keys.join(', ')}; give the plan a new version`,
    userMessage: 'A published plan or price differs from the catalogue. Give the plan a new version.',
    context: { keys },
    exposeContext: true,
  });
}
