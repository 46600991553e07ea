export { hashOf } from './audit/audit-row.ts';
export { canonicalJson } from './audit/canonical-json.ts';
export { type AuditVerdict, verifyAuditChain } from './audit/verify-audit-chain.ts';
export { createClickHouseUsageReader } from './clickhouse/clickhouse-usage-reader.ts';
export {
  type ClickHouseClient,
  connectClickHouse,
  prepareClickHouse,
} from './clickhouse/connect-clickhouse.ts';
export { isRelayOn, relayAllUsage, relayBacklog, relayUsage } from './clickhouse/usage-relay.ts';
export { createDatabase, type Database, type DatabaseOptions } from './client.ts';
export { databaseUnavailable, transactionConflict } from './database.errors.ts';
export { isDatabaseUnavailable, isTransactionConflict } from './database-failure.ts';
export { createIdSource } from './ids.ts';
export { type MigrateOptions, migrate, migrationsChecksum } from './migrate.ts';
export type { PrismaTransaction } from './prisma-transaction.ts';
export { type CatalogFigures, readCatalogFigures } from './queries/admin/catalog-figures.ts';
export {
  countOrganizations,
  findOrganizationIds,
  findOrganizationPage,
  pageOfIds,
} from './queries/admin/find-organizations.ts';
export { listFlags, readFlag } from './queries/admin/flags.ts';
export { type HealthFigures, readHealthFigures } from './queries/admin/health-figures.ts';
export { listReceipts, type ReceiptRecord } from './queries/admin/list-receipts.ts';
export {
  type OrganizationFact,
  readOrganizationFacts,
  readPlanVersions,
  readRecurring,
  type SubscriptionFact,
} from './queries/admin/organization-facts.ts';
export { readTimeline } from './queries/admin/organization-timeline.ts';
export { readRevenueFacts } from './queries/admin/revenue-facts.ts';
export { listAudit } from './queries/audit/list-audit.ts';
export { type AuditChainsVerdict, verifyAuditChains } from './queries/audit/verify-audit-chains.ts';
export { listBilledOrganizations, listOverdueOrganizations } from './queries/billed-organizations.ts';
export { findCase, listCases } from './queries/billing/case-directory.ts';
export { createEventTotals } from './queries/billing/event-totals.ts';
export { createShadowDirectory } from './queries/billing/shadow-directory.ts';
export { createSubscriberDirectory } from './queries/billing/subscriber-directory.ts';
export { createDriftDirectory } from './queries/drift-directory.ts';
export { listDueUsageBilling } from './queries/due-usage-billing.ts';
export { listDueUsageReports } from './queries/due-usage-reports.ts';
export {
  createDatabaseProbe,
  createIdempotencyStore,
  createIdentityReader,
  createSimulatedClockStore,
  createViewAsReader,
  insertSignInMail,
  missingMigrations,
  type RunningViewAs,
} from './queries/edge/index.ts';
export { listEmails } from './queries/email-directory.ts';
export { readFlagFacts } from './queries/flags/read-flag-facts.ts';
export { createInboundEventDirectory } from './queries/inbound-event-directory.ts';
export { createInvoiceReader } from './queries/invoices/invoice-reader.ts';
export { listOrganizations } from './queries/list-organizations.ts';
export {
  findDeadEvents,
  findDeadMessages,
  findOrganizationsToResync,
  type ResyncRule,
} from './queries/operations/affected.ts';
export { checkInvariants, type Invariant } from './queries/operations/doctor.ts';
export { exportOrganization } from './queries/operations/export-organization.ts';
export { type ProjectionReport, rebuildProjections } from './queries/operations/rebuild-projections.ts';
export { saveStaffUser } from './queries/operations/staff-users.ts';
export { countEvents } from './queries/organizations/count-events.ts';
export { listMemberships, type MembershipListRow } from './queries/organizations/list-memberships.ts';
export { listOrganizationsMissingSeats } from './queries/organizations-missing-seats.ts';
export { listOrganizationsToRemind } from './queries/organizations-to-remind.ts';
export { listOrganizationsWithExpiredOverrides } from './queries/organizations-with-expired-overrides.ts';
export { listOrganizationsWithOwnPrices } from './queries/organizations-with-own-prices.ts';
export { listOrganizationsWithRefusedUsage } from './queries/organizations-with-refused-usage.ts';
export { listOrganizationsWithoutCostDay } from './queries/organizations-without-cost-day.ts';
export { createOutboxDirectory } from './queries/outbox-directory.ts';
export { createUnderWay } from './queries/under-way.ts';
export { createUsageHabits } from './queries/usage/usage-habits.ts';
export { listUsageBilledOrganizations } from './queries/usage-billed-organizations.ts';
export { CountingClient, countQueries, currentQueryCount } from './query-counter.ts';
export * from './queues/index.ts';
export { createOrganizationDirectory } from './repositories/organization-directory.ts';
export { createBulkRunReader } from './repositories/staff-bulk-run.repository.ts';
export { type ApplicationRole, applicationRoles, databaseRole, ensureRoles } from './roles.ts';
export {
  createPlatformUnitOfWork,
  createUnitOfWork,
  type PlatformTx,
  type Tx,
  type UnitOfWorkOptions,
  withOrganization,
} from './unit-of-work.ts';
