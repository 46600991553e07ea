import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface EndpointType {
  method: string;
  path: string;
  params: string;
}

const BILLING =
  /^\/v[12]\/(customers|products|prices|plans|coupons|promotion_codes|subscriptions|subscription_items|subscription_schedules|invoices|invoiceitems|invoice_payments|credit_notes|payment_methods|payment_intents|setup_intents|charges|refunds|disputes|checkout|billing|billing_portal|entitlements|test_helpers\/test_clocks|webhook_endpoints|events|tax_rates|core\/events|core\/event_destinations)(\/|$)/;

const CALL = /\n {4}(\w+)\([^)]*\) \{\n(?:[\s\S]*?)_makeRequest\('(GET|POST|DELETE)', [`']([^`']+)[`']/g;

/** Reads method, path and parameter type of every billing endpoint from the SDK's resource files. */
export function endpointTypes(resources: string): EndpointType[] {
  const found: EndpointType[] = [];
  for (const file of resourceFiles(resources)) {
    const source = readFileSync(file, 'utf8');
    const declarations = readFileSync(file.replace(/\.js$/, '.d.ts'), 'utf8');
    for (const [, call, method, rawPath] of source.matchAll(CALL)) {
      const signature = new RegExp(`\\n\\s+${call}\\(([^;]*);`).exec(declarations)?.[1] ?? '';
      const params = /params\??: ([\w.]+)/.exec(signature)?.[1];
      const path = rawPath?.replace(/\$\{[^}]*\}/g, '{id}') ?? '';
      if (method && params && BILLING.test(path)) found.push({ method, path, params });
    }
  }
  return found;
}

function resourceFiles(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return resourceFiles(path);
    return name.endsWith('.js') ? [path] : [];
  });
}
