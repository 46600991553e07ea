import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Fields that hold credentials or personal data wherever they appear in a logged object. */
const redactedPaths = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["stripe-signature"]',
  'req.headers["x-metergate-client-address"]',
  'res.headers["set-cookie"]',
  '*.password',
  '*.token',
  '*.secret',
  '*.apiKey',
];

export interface LoggerOptions {
  destination?: DestinationStream;
  /** Told the name of every logged alert. */
  onAlert?: (alert: string) => void;
}

/** One JSON object per line; JSON escapes CR, LF and escape sequences, so that input cannot forge lines. */
export function createLogger(level: string, { destination, onAlert }: LoggerOptions = {}): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    redact: { paths: redactedPaths, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: {
      logMethod(args, method) {
        const [fields] = args as unknown[];
        const alert =
          typeof fields === 'object' && fields !== null && 'alert' in fields ? fields.alert : undefined;
        if (typeof alert === 'string') onAlert?.(alert);
        method.apply(this, args);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * Text of an error for a log line. Connection strings and API keys are cut out, because drivers like to quote
 * what they were given.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) };
  return {
    name: error.name,
    message: withoutSecrets(error.message),
    ...('code' in error ? { code: error.code } : {}),
    stack: withoutSecrets(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function withoutSecrets(text: string): string {
  return text
    .replace(/(\w+:\/\/[^:\s/@]*):[^@\s]+@/g, '$1:[redacted]@')
    .replace(/\b(sk|rk|whsec|mg)_\w{6,}/g, '$1_[redacted]');
}
