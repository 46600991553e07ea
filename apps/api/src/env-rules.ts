type Given = Readonly<Record<string, string | undefined>>;

/** Combinations that are each valid and dangerous or useless together; one sentence per contradiction. */
export function contradictionsIn(given: Given): string[] {
  return [...stripeContradictions(given), ...productionContradictions(given), ...otherContradictions(given)];
}

/** Stripe's own words for real money; restricted keys count too. */
function isLive(key: string | undefined): boolean {
  return key?.includes('_live_') === true;
}

function* stripeContradictions(given: Given): Generator<string> {
  const live = isLive(given.STRIPE_SECRET_KEY);
  if (live && given.STRIPE_API_BASE) {
    yield 'STRIPE_API_BASE: not with a live key; live keys talk to Stripe alone';
  }
  if (live && given.DEMO === '1') {
    yield 'DEMO: not with a live key; invented customers never meet real money';
  }
  if (
    given.STRIPE_SECRET_KEY &&
    given.STRIPE_PUBLISHABLE_KEY &&
    live !== isLive(given.STRIPE_PUBLISHABLE_KEY)
  ) {
    yield 'STRIPE_PUBLISHABLE_KEY: expected the same mode (test or live) as STRIPE_SECRET_KEY';
  }
}

function* productionContradictions(given: Given): Generator<string> {
  if (given.NODE_ENV !== 'production') return;
  if (given.TEST_SEAMS === '1') yield 'TEST_SEAMS: never in production';
  if (given.CRASH_AT) yield 'CRASH_AT: never in production';
  if (given.DEMO === '1') yield 'DEMO: never in production';
  if (!given.STRIPE_SECRET_KEY || given.STRIPE_API_BASE) {
    yield 'STRIPE_SECRET_KEY: production needs a key of Stripe and refuses the emulator';
  }
  if (!given.PUBLIC_URL) yield 'PUBLIC_URL: expected the https address that users open';
  else if (isPlainHttpBeyondLoopback(given.PUBLIC_URL)) {
    yield 'PUBLIC_URL: expected https in production; http only on loopback';
  }
}

function* otherContradictions(given: Given): Generator<string> {
  if (!given.DATABASE_URL && !given.DATABASE_ROLE_URLS) {
    yield 'DATABASE_URL: expected postgres://… (npm start provides the embedded database)';
  }
  if (given.USAGE_STORE === 'clickhouse' && !given.CLICKHOUSE_URL) {
    yield 'CLICKHOUSE_URL: expected because USAGE_STORE=clickhouse';
  }
  if (given.CRASH_AT && given.TEST_SEAMS !== '1') yield 'CRASH_AT: only with TEST_SEAMS=1';
  if (given.TEST_SEAMS === '1' && given.HOST && !isLoopbackHost(given.HOST)) {
    yield 'TEST_SEAMS: only on a loopback HOST';
  }
}

function isPlainHttpBeyondLoopback(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'http:' && !isLoopbackHost(new URL(url).hostname);
}

/** The names a machine has for itself, as `URL.hostname` and listeners spell them. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
