import { AppError } from '@metergate/core';
import type { SubscriptionRepository } from '@metergate/core/subscriptions/subscriptions.ports';
import { Prisma } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { fromRow, itemToRow, toRow } from './subscription.mapping.ts';

const ended = ['canceled', 'incomplete_expired'];
const include = { items: true } as const;

export function createSubscriptionRepository(tx: PrismaTransaction): SubscriptionRepository {
  return {
    async findById(organizationId, id) {
      const where = { organizationId_id: { organizationId, id } };
      const row = await tx.subscription.findUnique({ where, include });
      return row === null ? null : fromRow(row);
    },
    async findByStripeId(organizationId, stripeSubscriptionId) {
      const row = await tx.subscription.findUnique({
        where: { organizationId_stripeSubscriptionId: { organizationId, stripeSubscriptionId } },
        include,
      });
      return row === null ? null : fromRow(row);
    },
    async findCurrent(organizationId, family) {
      const rows = await tx.subscription.findMany({
        where: { organizationId, family, status: { notIn: ended } },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        include,
      });
      const row = rows.find(({ status }) => status !== 'incomplete') ?? rows[0];
      return row === undefined ? null : fromRow(row);
    },
    async list(organizationId, options) {
      const rows = await tx.subscription.findMany({
        where: {
          organizationId,
          ...(options?.includeEnded === true ? {} : { status: { notIn: ended } }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        include,
      });
      return rows.map(fromRow);
    },
    async save(organizationId, subscription) {
      const data = toRow(organizationId, subscription);
      const { id, items } = subscription;
      try {
        await tx.subscription.upsert({
          where: { organizationId_id: { organizationId, id } },
          create: data,
          update: data,
        });
      } catch (error) {
        throw isUniqueViolation(error) ? familyTaken(subscription.family) : error;
      }
      const kept = items.map(({ stripeItemId }) => stripeItemId);
      await tx.subscriptionItem.deleteMany({
        where: { organizationId, subscriptionId: id, stripeItemId: { notIn: kept } },
      });
      for (const item of items) {
        const { stripeItemId } = item;
        await tx.subscriptionItem.upsert({
          where: { organizationId_stripeItemId: { organizationId, stripeItemId } },
          create: { ...itemToRow(item), organizationId, subscriptionId: id },
          update: { ...itemToRow(item), subscriptionId: id },
        });
      }
    },
    async findUsageFailedSince(organizationId, id) {
      const { _min } = await tx.invoice.aggregate({
        where: {
          organizationId,
          subscriptionId: id,
          status: 'open',
          attemptCount: { gt: 0 },
          billingReason: 'manual',
        },
        _min: { issuedAt: true },
      });
      return _min.issuedAt;
    },
    async findFailedSince(organizationId, id) {
      const { _min } = await tx.invoice.aggregate({
        where: { organizationId, subscriptionId: id, status: 'open', attemptCount: { gt: 0 } },
        _min: { issuedAt: true },
      });
      return _min.issuedAt;
    },
  };
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

function familyTaken(family: string): AppError {
  return new AppError({
    code: 'SUBSCRIPTION_FAMILY_TAKEN',
    kind: 'conflict',
    message: `a second live subscription of family ${family}`,
    userMessage: 'There is a subscription of this product already.',
    context: { family },
  });
}
