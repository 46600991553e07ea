import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import { type Id, notFound, type OrganizationId } from '../../shared/ids.ts';
import { hasStarted } from '../../subscriptions/subscription-status.ts';
import type { PaymentMethodRecord } from '../payments.ports.ts';
import { ensureCustomer } from '../purchase/ensure-customer.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { returnAddress } from '../purchase/return-address.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { cardExpiry, type PaymentMethodView, toPaymentMethodView } from './payment-method-view.ts';

interface Command {
  actor: Actor;
  organizationId: OrganizationId;
}

type MethodCommand = Command & { paymentMethodId: Id<'paymentMethod'> };

/** The default first, then newest. */
export async function listPaymentMethods(
  deps: Pick<PurchaseDeps, 'unitOfWork' | 'clock'>,
  { organizationId }: { organizationId: OrganizationId },
): Promise<PaymentMethodView[]> {
  const methods = await deps.unitOfWork.run(organizationId, (tx) => tx.paymentMethods.list(organizationId));
  return methods.map((method) => toPaymentMethodView(method, deps.clock.now()));
}

/**
 * Where a new card is entered: Stripe's own page, so that the number never reaches us. @throws RETURN_PATH_INVALID
 */
export async function startCardSetup(
  deps: PurchaseDeps,
  { actor, organizationId, returnPath }: Command & { returnPath: string },
): Promise<{ url: string }> {
  authorizeCards(actor);
  const returnUrl = returnAddress(deps.publicUrl, returnPath);
  const { stripeCustomerId } = await ensureCustomer(deps, { organizationId, actor });
  return deps.gateway.createSetupSession({
    stripeCustomerId,
    returnUrl,
    idempotencyKey: `payment_method:setup:${deps.ids.next()}`,
  });
}

/** Attaches a card that the platform collected with Stripe's own form, and makes it the default. @throws PAYMENT_DECLINED */
export async function attachPaymentMethod(
  deps: PurchaseDeps,
  request: Command & { stripePaymentMethodId: string },
): Promise<PaymentMethodView[]> {
  const { actor, organizationId } = request;
  authorizeCards(actor);
  const { stripeCustomerId } = await ensureCustomer(deps, { organizationId, actor });
  const attempt = deps.ids.next();
  const { stripePaymentMethodId } = await deps.gateway.attachPaymentMethod({
    stripeCustomerId,
    stripePaymentMethodId: request.stripePaymentMethodId,
    idempotencyKey: `payment_method:attach:${attempt}`,
  });
  const idempotencyKey = `payment_method:default:${attempt}`;
  await deps.gateway.setDefaultPaymentMethod({ stripeCustomerId, stripePaymentMethodId, idempotencyKey });
  return syncedMethods(deps, request);
}

/** Repeating it changes nothing. @throws NOT_FOUND, PAYMENT_METHOD_EXPIRED */
export async function setDefaultPaymentMethod(
  deps: PurchaseDeps,
  request: MethodCommand,
): Promise<PaymentMethodView[]> {
  authorizeCards(request.actor);
  const { method } = await load(deps, request);
  if (cardExpiry(method, deps.clock.now()) === 'expired') throw methodExpired();
  await makeDefault(deps, request, method);
  return syncedMethods(deps, request);
}

/**
 * Lets go of a card. When it was the default, the newest other one that has not expired takes its place first.
 * @throws NOT_FOUND, PAYMENT_METHOD_NEEDED for the last one while a subscription has to be paid
 */
export async function removePaymentMethod(
  deps: PurchaseDeps,
  request: MethodCommand,
): Promise<PaymentMethodView[]> {
  authorizeCards(request.actor);
  const { method, others, isPaying } = await load(deps, request);
  const successor = others.find((other) => cardExpiry(other, deps.clock.now()) !== 'expired');
  if (isPaying && successor === undefined) throw methodNeeded();
  if (method.isDefault && successor !== undefined) await makeDefault(deps, request, successor);
  await deps.gateway.detachPaymentMethod({
    stripePaymentMethodId: method.stripePaymentMethodId,
    idempotencyKey: `payment_method:${method.id}:detach`,
  });
  await deps.unitOfWork.run(request.organizationId, (tx) =>
    tx.audit.append({
      organizationId: request.organizationId,
      actor: request.actor,
      action: 'payment_method.removed',
      target: { kind: 'payment_method', id: method.id },
      before: { brand: method.brand, last4: method.last4 },
    }),
  );
  return syncedMethods(deps, request);
}

function authorizeCards(actor: Actor): void {
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write' });
}

/** Choosing a default is the same however often it happens, and A, B, A are three choices: the key is new each time. */
async function makeDefault(
  deps: PurchaseDeps,
  { actor, organizationId }: Command,
  { stripePaymentMethodId }: PaymentMethodRecord,
): Promise<void> {
  const { stripeCustomerId } = await ensureCustomer(deps, { organizationId, actor });
  const idempotencyKey = `payment_method:default:${deps.ids.next()}`;
  await deps.gateway.setDefaultPaymentMethod({ stripeCustomerId, stripePaymentMethodId, idempotencyKey });
}

async function load(deps: PurchaseDeps, { organizationId, paymentMethodId }: MethodCommand) {
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const methods = await tx.paymentMethods.list(organizationId);
    const method = methods.find(({ id }) => id === paymentMethodId);
    if (method === undefined) throw notFound('payment method');
    const subscriptions = await tx.subscriptions.list(organizationId);
    return {
      method,
      others: methods.filter(({ id }) => id !== paymentMethodId),
      isPaying: subscriptions.some(({ status }) => hasStarted(status)),
    };
  });
}

async function syncedMethods(
  deps: PurchaseDeps,
  { actor, organizationId }: Command,
): Promise<PaymentMethodView[]> {
  await syncFromStripe(deps, { actor, organizationId, scope: { paymentMethods: true } });
  return listPaymentMethods(deps, { organizationId });
}

function methodNeeded(): AppError {
  return new AppError({
    code: 'PAYMENT_METHOD_NEEDED',
    kind: 'conflict',
    message: 'the last usable payment method of an organization with a running subscription',
    userMessage: 'Your plan is paid with this card. Add another card first, or cancel the plan.',
  });
}

function methodExpired(): AppError {
  return new AppError({
    code: 'PAYMENT_METHOD_EXPIRED',
    kind: 'conflict',
    message: 'an expired card cannot become the default',
    userMessage: 'This card has expired. Add another one.',
  });
}
