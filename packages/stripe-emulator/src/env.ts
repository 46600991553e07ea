export interface Environment {
  port: number;
  dataFile: string | undefined;
  isValidating: boolean;
}

/** Reads the process environment once; throws with a sentence a person can act on. */
export function readEnvironment(source: NodeJS.ProcessEnv = process.env): Environment {
  const port = source.STRIPE_EMULATOR_PORT ?? '4010';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`STRIPE_EMULATOR_PORT is not a port: ${port}`);
  if (source.NODE_ENV === 'production')
    throw new Error('The Stripe emulator is a test tool and refuses NODE_ENV=production.');
  return {
    port: Number(port),
    dataFile: source.STRIPE_EMULATOR_DATA || undefined,
    isValidating: source.STRIPE_EMULATOR_VALIDATE === '1',
  };
}
