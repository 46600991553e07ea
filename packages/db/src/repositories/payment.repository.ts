import { AppError, asId, notFound } from '@metergate/core';
import { intervalSchema } from '@metergate/core/catalog/catalog.schemas';
import type {
  BillingAccount,
  BillingAccountRepository,
  CheckoutSessionRecord,
  CheckoutSessionRepository,
  PaymentMethodRepository,
} from '@metergate/core/payments/payments.ports';
import {
  checkoutStatusSchema,
  organizationStatusSchema,
} from '@metergate/core/payments/stored-values.schemas';
import type { CheckoutSession, Organization } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { isUniqueViolation } from './subscription.repository.ts';

export function createPaymentMethodRepository(tx: PrismaTransaction): PaymentMethodRepository {
  return {
    async list(organizationId, options) {
      const rows = await tx.paymentMethod.findMany({
        where: { organizationId, ...(options?.includeDetached === true ? {} : { detachedAt: null }) },
        orderBy: [{ isDefault: 'desc' }, { createdAt: 'desc' }, { id: 'desc' }],
      });
      return rows.map(({ organizationId: _organization, ...row }) => ({
        ...row,
        id: asId('paymentMethod', row.id),
      }));
    },
    async save(organizationId, method) {
      const where = { organizationId_id: { organizationId, id: method.id } };
      const data = { ...method, organizationId };
      await tx.paymentMethod.upsert({ where, create: data, update: data });
    },
  };
}

export function createBillingAccountRepository(tx: PrismaTransaction): BillingAccountRepository {
  return {
    async lock(organizationId) {
      await tx.$executeRaw`select 1 from organizations where id = ${organizationId}::uuid for update`;
      const row = await tx.organization.findUnique({ where: { id: organizationId } });
      if (row === null) throw notFound('organization');
      return accountFromRow(row);
    },
    async find(organizationId) {
      const row = await tx.organization.findUnique({ where: { id: organizationId } });
      return row === null ? null : accountFromRow(row);
    },
    async attachCustomer(organizationId, stripeCustomerId) {
      const { count } = await tx.organization.updateMany({
        where: { id: organizationId, OR: [{ stripeCustomerId: null }, { stripeCustomerId }] },
        data: { stripeCustomerId },
      });
      if (count === 0) throw customerTaken(stripeCustomerId);
    },
    async detachCustomer(organizationId) {
      await tx.organization.update({ where: { id: organizationId }, data: { stripeCustomerId: null } });
    },
  };
}

export function createCheckoutSessionRepository(tx: PrismaTransaction): CheckoutSessionRepository {
  return {
    async findByStripeId(organizationId, stripeSessionId) {
      const where = { organizationId_stripeSessionId: { organizationId, stripeSessionId } };
      const row = await tx.checkoutSession.findUnique({ where });
      return row === null ? null : sessionFromRow(row);
    },
    async findOpen(organizationId, family) {
      const row = await tx.checkoutSession.findFirst({ where: { organizationId, family, status: 'open' } });
      return row === null ? null : sessionFromRow(row);
    },
    async listSince(organizationId, since) {
      const rows = await tx.checkoutSession.findMany({
        where: { organizationId, createdAt: { gte: since } },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      return rows.map(sessionFromRow);
    },
    async save(organizationId, session) {
      const where = { organizationId_id: { organizationId, id: session.id } };
      const data = { ...session, organizationId };
      try {
        await tx.checkoutSession.upsert({ where, create: data, update: data });
      } catch (error) {
        throw isUniqueViolation(error) ? checkoutAlreadyOpen(session.family) : error;
      }
    },
  };
}

function accountFromRow(row: Organization): BillingAccount {
  return {
    organizationId: asId('organization', row.id),
    name: row.name,
    slug: row.slug,
    email: row.email,
    timeZone: row.timeZone,
    currency: row.currency,
    stripeCustomerId: row.stripeCustomerId,
    status: organizationStatusSchema.parse(row.status),
  };
}

function sessionFromRow({ organizationId, ...row }: CheckoutSession): CheckoutSessionRecord {
  return {
    ...row,
    id: asId('checkout', row.id),
    interval: intervalSchema.parse(row.interval),
    quantity: row.quantity === null ? null : row.quantity.toFixed(),
    status: checkoutStatusSchema.parse(row.status),
  };
}

function customerTaken(stripeCustomerId: string): AppError {
  return new AppError({
    code: 'STRIPE_CUSTOMER_TAKEN',
    kind: 'conflict',
    severity: 'critical',
    message: `the organization has another Stripe customer than ${stripeCustomerId}`,
    userMessage: 'The payment account of this organization is set already.',
    context: { stripeCustomerId },
  });
}

function checkoutAlreadyOpen(family: string): AppError {
  return new AppError({
    code: 'CHECKOUT_ALREADY_OPEN',
    kind: 'conflict',
    message: `a second open checkout session of family ${family}`,
    userMessage: 'A checkout of this product is open already.',
    context: { family },
  });
}
