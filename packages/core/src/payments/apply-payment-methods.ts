import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import { type ComparedField, compareFields, differences } from '../shared/compared-field.ts';
import { asId, type IdSource, type OrganizationId } from '../shared/ids.ts';
import type { PaymentMethodSnapshot } from './payment-method-snapshot.ts';
import type { PaymentMethodRecord, PaymentMethodRepository } from './payments.ports.ts';

export interface ApplyPaymentMethodsDeps {
  paymentMethods: PaymentMethodRepository;
  audit: AuditLog;
  ids: IdSource;
}

/** Makes our list equal to the customer's. A method that is gone stays in history as detached. */
export async function applyPaymentMethods(
  deps: ApplyPaymentMethodsDeps,
  input: {
    organizationId: OrganizationId;
    actor: Actor;
    snapshots: readonly PaymentMethodSnapshot[];
    readAt: Date;
  },
): Promise<ComparedField[]> {
  const { organizationId, actor, snapshots, readAt } = input;
  const locals = await deps.paymentMethods.list(organizationId, { includeDetached: true });
  const next = [
    ...locals.filter((local) => !snapshots.some((snapshot) => isSame(local, snapshot))).map(detached(readAt)),
    ...snapshots.map((snapshot) => attached(snapshot, locals, deps.ids)),
  ];
  const compared: ComparedField[] = [];
  // At most one row is the default at any moment, so the one that becomes it is written last.
  for (const method of next.toSorted((left, right) => Number(left.isDefault) - Number(right.isDefault))) {
    const local = locals.find((candidate) => isSame(candidate, method)) ?? null;
    const fields = compareFields(
      `payment_method ${method.stripePaymentMethodId}`,
      local === null ? null : fieldsOf(local),
      fieldsOf(method),
    );
    compared.push(...fields);
    if (differences(fields).length > 0) await deps.paymentMethods.save(organizationId, method);
  }
  await auditDefault(deps, { organizationId, actor, locals, next });
  return compared;
}

async function auditDefault(
  deps: ApplyPaymentMethodsDeps,
  input: {
    organizationId: OrganizationId;
    actor: Actor;
    locals: readonly PaymentMethodRecord[];
    next: readonly PaymentMethodRecord[];
  },
): Promise<void> {
  const before = input.locals.find(({ isDefault }) => isDefault);
  const after = input.next.find(({ isDefault }) => isDefault);
  if (before?.stripePaymentMethodId === after?.stripePaymentMethodId) return;
  await deps.audit.append({
    organizationId: input.organizationId,
    actor: input.actor,
    action: 'payment_method.default_changed',
    target: { kind: 'payment_method', id: after?.id ?? before?.id ?? '' },
    before: before === undefined ? null : { brand: before.brand, last4: before.last4 },
    after: after === undefined ? null : { brand: after.brand, last4: after.last4 },
  });
}

function attached(
  { stripeCustomerId, ...snapshot }: PaymentMethodSnapshot,
  locals: readonly PaymentMethodRecord[],
  ids: IdSource,
): PaymentMethodRecord {
  const known = locals.find((local) => isSame(local, snapshot));
  return { ...snapshot, id: known?.id ?? asId('paymentMethod', ids.next()), detachedAt: null };
}

function detached(readAt: Date) {
  return (local: PaymentMethodRecord): PaymentMethodRecord => ({
    ...local,
    isDefault: false,
    detachedAt: local.detachedAt ?? readAt,
  });
}

function isSame(left: { stripePaymentMethodId: string }, right: { stripePaymentMethodId: string }): boolean {
  return left.stripePaymentMethodId === right.stripePaymentMethodId;
}

function fieldsOf({ brand, last4, expMonth, expYear, isDefault, detachedAt }: PaymentMethodRecord) {
  return { brand, last4, expires: `${expMonth}/${expYear}`, isDefault, isAttached: detachedAt === null };
}
