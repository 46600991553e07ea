import type { AppRouter } from '@metergate/api';
import type { inferInput, inferOutput, TRPCOptionsProxy } from '@trpc/tanstack-react-query';

type Api = TRPCOptionsProxy<AppRouter>;

/** What the API answers, by screen concept. */
export type Session = inferOutput<Api['organizations']['session']>;
export type OrganizationAccess = Session['organizations'][number];
export type Organization = inferOutput<Api['organizations']['get']>;
export type Members = inferOutput<Api['members']['list']>;
export type Client = inferOutput<Api['clients']['list']>['items'][number];
export type ApiKey = inferOutput<Api['apiKeys']['list']>[number];
export type ApiKeyScope = ApiKey['scopes'][number];
export type VoiceConfig = inferOutput<Api['voice']['get']>;
export type AuditRow = inferOutput<Api['audit']['list']>['items'][number];
export type Family = inferOutput<Api['catalog']['forOrganization']>[number];
export type Plan = Family['plans'][number];
export type Subscription = inferOutput<Api['subscriptions']['list']>[number];
export type Quote = inferOutput<Api['subscriptions']['quote']>;
export type CheckoutReturn = inferOutput<Api['subscriptions']['checkoutReturn']>;
export type UsageSummary = inferOutput<Api['usage']['summary']>;
export type MeterSummary = UsageSummary['meters'][number];
export type UsageSeries = inferOutput<Api['usage']['series']>;
export type UsageEvent = inferOutput<Api['usage']['events']>['items'][number];
export type RejectedEvent = inferOutput<Api['usage']['rejected']>['items'][number];
export type Limit = inferOutput<Api['limits']['list']>[number];
export type BillingSummary = inferOutput<Api['invoices']['billingSummary']>;
export type Notice = inferOutput<Api['invoices']['notices']>[number];
export type InvoiceRow = inferOutput<Api['invoices']['list']>['items'][number];
export type InvoicesInput = inferInput<Api['invoices']['list']>;
export type Invoice = inferOutput<Api['invoices']['get']>;
export type LineExplanation = inferOutput<Api['invoices']['explainLine']>;
export type LineCase = inferOutput<Api['invoices']['cases']>[number];
export type UsageProof = inferOutput<Api['invoices']['usageProofs']>[number];
export type Upcoming = inferOutput<Api['invoices']['upcoming']>[number];
export type PaymentMethod = inferOutput<Api['payments']['methods']>[number];

export type AdminOrganizationRow = inferOutput<Api['admin']['organizations']['list']>['items'][number];
export type AdminOrganization = inferOutput<Api['admin']['organizations']['get']>;
export type CatalogEntry = inferOutput<Api['admin']['catalog']['list']>[number];
export type Drift = inferOutput<Api['admin']['organizations']['drift']>[number];
export type Receipt = inferOutput<Api['admin']['organizations']['decisions']>['items'][number];
export type Flag = inferOutput<Api['admin']['flags']['list']>[number];
export type FlagDetail = inferOutput<Api['admin']['flags']['get']>;
export type InboundEvent = inferOutput<Api['admin']['events']['list']>['items'][number];
export type InboundEventDetail = inferOutput<Api['admin']['events']['get']>;
export type ReplayAnswer = inferOutput<Api['admin']['events']['dryRun']>;
export type Health = inferOutput<Api['admin']['health']['tiles']>;
export type Email = inferOutput<Api['admin']['events']['emails']>['items'][number];
