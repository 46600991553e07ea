export interface Decline {
  code: string;
  decline_code?: string;
  message: string;
}

/** How a test card behaves; numbers and names are those of Stripe's testing page. */
export interface TestCard {
  key: string;
  number: string;
  brand: string;
  /** Refused already when it is attached or set up. */
  attachDecline?: Decline;
  chargeDecline?: Decline;
  authentication: 'never' | 'always' | 'unless_set_up';
  disputeReason?: string;
  /** The bank only asks: no money is withdrawn. */
  isInquiry?: boolean;
}

const declined = (decline_code: string, message = 'Your card was declined.'): Decline => ({
  code: 'card_declined',
  decline_code,
  message,
});

const GENERIC = declined('generic_decline');
const FUNDS = declined('insufficient_funds', 'Your card has insufficient funds.');
const LOST = declined('lost_card');
const EXPIRED: Decline = { code: 'expired_card', message: 'Your card has expired.' };
const CVC: Decline = { code: 'incorrect_cvc', message: "Your card's security code is incorrect." };
const PROCESSING: Decline = {
  code: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
};

function ok(key: string, number: string, brand: string): TestCard {
  return { key, number, brand, authentication: 'never' };
}

function refused(key: string, number: string, decline: Decline): TestCard {
  return {
    key,
    number,
    brand: 'visa',
    attachDecline: decline,
    chargeDecline: decline,
    authentication: 'never',
  };
}

export const TEST_CARDS: TestCard[] = [
  ok('visa', '4242424242424242', 'visa'),
  ok('visa_debit', '4000056655665556', 'visa'),
  ok('mastercard', '5555555555554444', 'mastercard'),
  ok('mastercard_debit', '5200828282828210', 'mastercard'),
  ok('amex', '378282246310005', 'amex'),
  ok('discover', '6011111111111117', 'discover'),
  ok('jcb', '3566002020360505', 'jcb'),
  ok('unionpay', '6200000000000005', 'unionpay'),
  ok('bypassPending', '4000000000000077', 'visa'),
  refused('chargeDeclined', '4000000000000002', GENERIC),
  refused('visa_chargeDeclined', '4000000000000002', GENERIC),
  refused('chargeDeclinedInsufficientFunds', '4000000000009995', FUNDS),
  refused('chargeDeclinedLostCard', '4000000000009987', LOST),
  refused('chargeDeclinedExpiredCard', '4000000000000069', EXPIRED),
  refused('chargeDeclinedIncorrectCvc', '4000000000000127', CVC),
  refused('chargeDeclinedProcessingError', '4000000000000119', PROCESSING),
  {
    key: 'chargeCustomerFail',
    number: '4000000000000341',
    brand: 'visa',
    chargeDecline: GENERIC,
    authentication: 'never',
  },
  {
    key: 'authenticationRequiredOnSetup',
    number: '4000002500003155',
    brand: 'visa',
    authentication: 'unless_set_up',
  },
  { key: 'authenticationRequired', number: '4000002760003184', brand: 'visa', authentication: 'always' },
  { key: 'threeDSecure2Required', number: '4000000000003220', brand: 'visa', authentication: 'always' },
  {
    key: 'authenticationRequiredChargeDeclinedInsufficientFunds',
    number: '4000008260003178',
    brand: 'visa',
    authentication: 'unless_set_up',
    chargeDecline: FUNDS,
  },
  {
    key: 'createDispute',
    number: '4000000000000259',
    brand: 'visa',
    authentication: 'never',
    disputeReason: 'fraudulent',
  },
  {
    key: 'createDisputeInquiry',
    number: '4000000000001976',
    brand: 'visa',
    authentication: 'never',
    disputeReason: 'fraudulent',
    isInquiry: true,
  },
];

export function cardByKey(key: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.key === key);
}

/** Any number that passes the checksum and is not in the table behaves like 4242…; null = not a card number. */
export function cardByNumber(number: string): TestCard | null {
  const digits = number.replace(/\D/g, '');
  const known = TEST_CARDS.find((card) => card.number === digits);
  if (known) return known;
  return null;
}

export function passesChecksum(number: string): boolean {
  const digits = number.replace(/\D/g, '');
  if (digits.length < 12) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
