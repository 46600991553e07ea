/** A product at Stripe: one per plan and one per add-on or metered component. */
export interface ProductSpec {
  /** Found again by this key in the metadata. */
  key: string;
  name: string;
  description: string | null;
  contentHash: string;
  metadata: Readonly<Record<string, string>>;
}

/** How a price charges. Amounts are in major units, exact decimal texts. */
export type PriceScheme =
  | { kind: 'per_unit'; unitPrice: string }
  | { kind: 'package'; packageSize: string; packagePrice: string }
  | {
      kind: 'tiered';
      mode: 'graduated' | 'volume';
      /** `upTo` null = no upper bound; only the last one. */
      tiers: ReadonlyArray<{ upTo: string | null; unitPrice: string; flatPrice: string | null }>;
    };

/** A price at Stripe, found again by its lookup key. Prices are never edited: a changed one has a new key. */
export interface PriceSpec {
  key: string;
  stripeProductId: string;
  currency: string;
  interval: 'month' | 'year';
  usage: { kind: 'licensed' } | { kind: 'metered'; stripeMeterId: string };
  scheme: PriceScheme;
  contentHash: string;
  metadata: Readonly<Record<string, string>>;
}

export interface MeterSpec {
  /** Also the event name at Stripe. */
  key: string;
  name: string;
  aggregation: 'sum' | 'count' | 'last';
}

/** An object that exists at Stripe; `contentHash` is what we wrote into its metadata, null = not ours. */
export interface CatalogObjectSnapshot {
  key: string;
  stripeId: string;
  contentHash: string | null;
  isActive: boolean;
}

/** A price with what it charges; `unitPrice` in major units, null = tiers or packages. */
export interface PriceSnapshot extends CatalogObjectSnapshot {
  /** Upper case. */
  currency: string;
  /** null = not recurring, or by another interval than month and year. */
  interval: 'month' | 'year' | null;
  isMetered: boolean;
  unitPrice: string | null;
}

export interface CatalogGateway {
  listCatalogProducts(): Promise<CatalogObjectSnapshot[]>;
  /** By lookup key; at most ten keys a call at Stripe, so this pages over them. */
  findPrices(keys: readonly string[]): Promise<PriceSnapshot[]>;
  /** null = it does not exist. */
  retrievePrice(stripeId: string): Promise<PriceSnapshot | null>;
  /** Gives a price that somebody else made our lookup key and metadata. */
  adoptPrice(
    stripeId: string,
    spec: Pick<PriceSpec, 'key' | 'contentHash' | 'metadata'>,
  ): Promise<PriceSnapshot>;
  listCatalogMeters(): Promise<CatalogObjectSnapshot[]>;
  createProduct(spec: ProductSpec): Promise<CatalogObjectSnapshot>;
  /** Names and descriptions may change; the key may not. */
  updateProduct(stripeId: string, spec: ProductSpec): Promise<CatalogObjectSnapshot>;
  createPrice(spec: PriceSpec): Promise<PriceSnapshot>;
  createMeter(spec: MeterSpec): Promise<CatalogObjectSnapshot>;
}
