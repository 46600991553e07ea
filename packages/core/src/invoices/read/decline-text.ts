/** Codes of the card networks fall into few classes that a payer can act on. */
const classes: ReadonlyArray<readonly [text: string, codes: readonly string[]]> = [
  ['The card has insufficient funds.', ['insufficient_funds', 'withdrawal_count_limit_exceeded']],
  ['The card has expired.', ['expired_card', 'invalid_expiry_month', 'invalid_expiry_year']],
  [
    'The bank wants you to approve the payment.',
    [
      'authentication_required',
      'payment_intent_authentication_failure',
      'setup_intent_authentication_failure',
    ],
  ],
  ['The card details are not right.', ['incorrect_cvc', 'invalid_cvc', 'incorrect_number', 'invalid_number']],
  ['The bank could not process the payment. It may work later.', ['processing_error', 'try_again_later']],
  ['No card is stored.', ['missing_payment_method', 'resource_missing', 'payment_method_missing']],
];

const refusedByBank = 'The bank declined the card without a reason.';

/**
 * Why a payment failed, for the payer. Codes like `lost_card` are not told: whoever pays may not be the cardholder.
 */
export function declineText(code: string | null): string {
  return classes.find(([, codes]) => code !== null && codes.includes(code))?.[0] ?? refusedByBank;
}
