export { createStripeClient, isLiveKey, type StripeClientOptions, stripeApiVersion } from './client.ts';
export { isUnavailable } from './errors.ts';
export { idempotencyKey } from './idempotency-key.ts';
export { createPaymentGateway, createPaymentGateways } from './payment-gateway.ts';
export { readEvent, type VerifiedEvent, verifyWebhook } from './verify-webhook.ts';
