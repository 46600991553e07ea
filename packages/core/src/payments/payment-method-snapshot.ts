/** A saved way to pay. Brand and last digits only: the number never reaches us. */
export interface PaymentMethodSnapshot {
  stripePaymentMethodId: string;
  stripeCustomerId: string | null;
  /** Card brand, or the kind of method for anything that is not a card. */
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
  isDefault: boolean;
  createdAt: Date;
}

export interface CustomerSnapshot {
  stripeCustomerId: string;
  isLive: boolean;
  isDeleted: boolean;
  stripeDefaultPaymentMethodId: string | null;
  email: string | null;
  name: string | null;
  metadata: Readonly<Record<string, string>>;
}
