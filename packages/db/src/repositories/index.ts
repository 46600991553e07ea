import type { PrismaTransaction } from '../prisma-transaction.ts';
import { createAgreementHistory } from './agreement-history.repository.ts';
import { createAlertRepository } from './alert.repository.ts';
import { createAnomalyRepository } from './anomaly.repository.ts';
import { createApiKeyRepository } from './api-key.repository.ts';
import { createBillingDetailsRepository } from './billing-details.repository.ts';
import { createBudgetRepository } from './budget.repository.ts';
import { createCaseRepository } from './case.repository.ts';
import { createCatalogObjectRepository, createPlanVersionRepository } from './catalog.repository.ts';
import { createClientRepository } from './client.repository.ts';
import { createClientLimitRepository } from './client-limit.repository.ts';
import { createCostDayRepository } from './cost-day.repository.ts';
import { createDriftRepository } from './drift.repository.ts';
import { createExpiringOverrides } from './expiring-override.repository.ts';
import { createFlagOverrideRepository } from './flag-override.repository.ts';
import { createInboundMarks } from './inbound-event.repository.ts';
import { createInvitationRepository } from './invitation.repository.ts';
import { createCreditNoteRepository, createInvoiceRepository } from './invoice.repository.ts';
import { createLevelRepository } from './level.repository.ts';
import { createClientCounts, createLevelHistory } from './level-history.repository.ts';
import { createLimitOverrideRepository } from './limit-override.repository.ts';
import { createMailOutbox } from './mail.repository.ts';
import { createMemberRepository } from './member.repository.ts';
import { createObligationRepository } from './obligation.repository.ts';
import { createOrderedMigrations } from './ordered-migrations.ts';
import { createOrganizationRepository } from './organization.repository.ts';
import { createOverrideHistory } from './override-history.repository.ts';
import { createOwnPriceRepository } from './own-price.repository.ts';
import {
  createBillingAccountRepository,
  createCheckoutSessionRepository,
  createPaymentMethodRepository,
} from './payment.repository.ts';
import { createPriceOverrideRepository } from './price-override.repository.ts';
import { createPurchaseClaimRepository } from './purchase-claim.repository.ts';
import { createQuoteRepository } from './quote.repository.ts';
import { createReadingCounter } from './reading-counter.ts';
import { createRevenueLevelRepository } from './revenue-level.repository.ts';
import { createSubscriptionRepository } from './subscription.repository.ts';
import { createSubscriptionTermsRepository } from './subscription-terms.repository.ts';
import { createUsageBackfillRepository } from './usage-backfill.repository.ts';
import { createUsageBillingRepository } from './usage-billing.repository.ts';
import { createUsageCheckRepository } from './usage-check.repository.ts';
import { createUsageCorrectionRepository } from './usage-correction.repository.ts';
import { createUsageLooks } from './usage-looks.repository.ts';
import { createUsageProofRepository } from './usage-proof.repository.ts';
import { createUsageReopeningRepository } from './usage-reopening.repository.ts';
import { createUsageReportRepository } from './usage-report.repository.ts';
import { createUsageReportLooks } from './usage-report-looks.repository.ts';
import { createUsageRetirementRepository } from './usage-retirement.repository.ts';
import { createUsageStatementRepository } from './usage-statement.repository.ts';
import { createViewAsRepository } from './view-as.repository.ts';
import { createVoiceConfigRepository } from './voice-config.repository.ts';
import { createWebhookDeliveryRepository } from './webhooks/webhook-delivery.repository.ts';
import { createWebhookDeliveryList } from './webhooks/webhook-delivery-list.ts';
import { createWebhookEndpointRepository } from './webhooks/webhook-endpoint.repository.ts';

/**
 * Every repository of an organization's transaction, by aggregate. Row level security confines them to it; their
 * first argument is the organization all the same.
 */
export function createRepositories(tx: PrismaTransaction) {
  return {
    agreements: createAgreementHistory(tx),
    alerts: createAlertRepository(tx),
    anomalies: createAnomalyRepository(tx),
    apiKeys: createApiKeyRepository(tx),
    budgets: createBudgetRepository(tx),
    clients: createClientRepository(tx),
    clientCounts: createClientCounts(tx),
    clientLimits: createClientLimitRepository(tx),
    flagOverrides: createFlagOverrideRepository(tx),
    invitations: createInvitationRepository(tx),
    limitOverrides: createLimitOverrideRepository(tx),
    priceOverrides: createPriceOverrideRepository(tx),
    mail: createMailOutbox(tx),
    members: createMemberRepository(tx),
    obligations: createObligationRepository(tx),
    levels: createLevelRepository(tx),
    levelHistory: createLevelHistory(tx),
    organizations: createOrganizationRepository(tx),
    purchaseClaims: createPurchaseClaimRepository(tx),
    quotes: createQuoteRepository(tx),
    billingAccounts: createBillingAccountRepository(tx),
    billingDetails: createBillingDetailsRepository(tx),
    billedUsage: createUsageBillingRepository(tx),
    cases: createCaseRepository(tx),
    catalogObjects: createCatalogObjectRepository(tx),
    checkoutSessions: createCheckoutSessionRepository(tx),
    costDays: createCostDayRepository(tx),
    creditNotes: createCreditNoteRepository(tx),
    inboundEvents: createInboundMarks(tx),
    drift: createDriftRepository(tx),
    invoices: createInvoiceRepository(tx),
    paymentMethods: createPaymentMethodRepository(tx),
    orderedMigrations: createOrderedMigrations(tx),
    overrideHistory: createOverrideHistory(tx),
    ownPrices: createOwnPriceRepository(tx),
    expiringOverrides: createExpiringOverrides(tx),
    planVersions: createPlanVersionRepository(tx),
    readings: createReadingCounter(tx),
    revenueLevels: createRevenueLevelRepository(tx),
    subscriptions: createSubscriptionRepository(tx),
    subscriptionTerms: createSubscriptionTermsRepository(tx),
    usageBackfills: createUsageBackfillRepository(tx),
    usageChecks: createUsageCheckRepository(tx),
    usageCorrections: createUsageCorrectionRepository(tx),
    usageLooks: createUsageLooks(tx),
    usageProofs: createUsageProofRepository(tx),
    usageReopenings: createUsageReopeningRepository(tx),
    usageReportLooks: createUsageReportLooks(tx),
    usageReports: createUsageReportRepository(tx),
    usageRetirements: createUsageRetirementRepository(tx),
    usageStatements: createUsageStatementRepository(tx),
    viewAsSessions: createViewAsRepository(tx),
    voiceConfigs: createVoiceConfigRepository(tx),
    webhookDeliveries: createWebhookDeliveryRepository(tx),
    webhookDeliveryList: createWebhookDeliveryList(tx),
    webhookEndpoints: createWebhookEndpointRepository(tx),
  };
}

export type Repositories = ReturnType<typeof createRepositories>;
