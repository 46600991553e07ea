import type { PlanVersion } from './plan.ts';

export type CatalogObjectKind = 'product' | 'price' | 'meter' | 'coupon';

/** What exists at Stripe under which id, and what was in it when we made it. */
export interface CatalogObject {
  kind: CatalogObjectKind;
  key: string;
  stripeId: string;
  contentHash: string;
  pushedAt: Date;
}

/** Reading side, for every organization's transaction. */
export interface PlanVersionRepository {
  /** A published or retired version; drafts are not sold. */
  find(family: string, plan: string, version: number): Promise<PlanVersion | null>;
  /** The published version with the highest number. */
  findNewest(family: string, plan: string): Promise<PlanVersion | null>;
}

export interface CatalogObjectRepository {
  /** Catalogue key → Stripe id; keys without an object are absent. */
  findStripeIds(kind: CatalogObjectKind, keys: readonly string[]): Promise<Map<string, string>>;
  /** Stripe id → catalogue key. */
  findKeys(kind: CatalogObjectKind, stripeIds: readonly string[]): Promise<Map<string, string>>;
}

export interface PublishedPlan {
  plan: PlanVersion;
  contentHash: string;
}

/** Writing side, for the platform's transaction. */
export interface CatalogPublicationRepository {
  listPlans(): Promise<PublishedPlan[]>;
  /** Publishes a version once; its content can never change after that. */
  publishPlan(published: PublishedPlan & { publishedAt: Date }): Promise<void>;
  saveMeter(meter: { key: string; content: unknown; contentHash: string }): Promise<void>;
  listObjects(): Promise<CatalogObject[]>;
  saveObject(object: CatalogObject): Promise<void>;
}

/** SHA-256 of a text as 64 hexadecimal digits; core has no cryptography of its own. */
export type HashText = (text: string) => string;
