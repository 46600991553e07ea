import { randomBytes } from 'node:crypto';
import { accountByNumber } from '../../payments/bank-debit.ts';
import { type CardDetails, requireCard, storeCard } from '../../payments/store-card.ts';
import type { PaymentMethodRow } from '../../store/rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';

type AccountType = 'sepa_debit' | 'us_bank_account';

/** A bank account as a payment method: its debits take time and may come back. */
export function createAccount(
  world: World,
  params: Params,
  { type, details }: { type: AccountType; details: CardDetails },
): PaymentMethodRow {
  const sent = params.sub(type);
  const field = type === 'sepa_debit' ? 'iban' : 'account_number';
  const account = accountByNumber(sent?.requireText(field) ?? '');
  const isIban = /^[A-Z]/.test(account?.number ?? '');
  if (!account || isIban !== (type === 'sepa_debit')) throw unknownAccount(type, field);
  const { card: _none, ...fields } = storeCard(world, requireCard('4242424242424242'), details);
  const shown = type === 'sepa_debit' ? sepaDebit(account.number) : usBankAccount(sent);
  return world.store.put('payment_method', {
    ...fields,
    metadata: mergeMetadata({}, params),
    [type]: { ...shown, fingerprint: randomBytes(8).toString('hex'), last4: account.number.slice(-4) },
    type,
    _card: '',
    _account: account.number,
  });
}

const TEST_NAMES: Record<string, string> = {
  success: '000123456789',
  accountClosed: '000111111113',
  noAccount: '000111111116',
  insufficientFunds: '000222222227',
  debitNotAuthorized: '000333333335',
};

/** One of Stripe's test names for bank accounts in the US. */
export function testAccount(world: World, name: string, param: string): PaymentMethodRow {
  const number = TEST_NAMES[name.slice('pm_usBankAccount_'.length)];
  if (number === undefined) throw noSuchObject('PaymentMethod', name, param);
  const params = new Params({ us_bank_account: { account_number: number } });
  return createAccount(world, params, { type: 'us_bank_account', details: {} });
}

function unknownAccount(type: AccountType, field: string) {
  return type === 'sepa_debit'
    ? invalidRequest('The IBAN you provided is invalid.', 'sepa_debit[iban]', 'invalid_iban')
    : invalidRequest(
        'You must use a test bank account number in test mode.',
        `us_bank_account[${field}]`,
        'account_number_invalid',
      );
}

function sepaDebit(iban: string) {
  return {
    bank_code: iban.slice(4, 9),
    branch_code: null,
    country: iban.slice(0, 2),
    generated_from: { charge: null, setup_attempt: null },
  };
}

function usBankAccount(sent: Params | undefined) {
  return {
    account_holder_type: sent?.text('account_holder_type') ?? 'individual',
    account_type: sent?.text('account_type') ?? 'checking',
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    networks: { preferred: 'ach', supported: ['ach'] },
    routing_number: sent?.text('routing_number') ?? '110000000',
    status_details: {},
  };
}
