export interface WorkspaceRule {
  /** Workspaces its shipped code may import. */
  imports: readonly string[];
  /** Only its types: erased at run time. */
  importsTypes?: readonly string[];
  /** Also allowed in its tests. */
  importsInTests?: readonly string[];
  /** When given, the only packages from outside that its shipped code may import. */
  packages?: readonly string[];
  /** A folder that may use Node, and that nothing outside of it imports: the rest also runs where there is no Node. */
  nodeFolder?: string;
}

const everything = ['core', 'db', 'stripe', 'stripe-emulator', 'sdk', 'cli', 'testing', 'catalogs', 'api'];

/** Who may import whom. `core` runs in the browser too; emulator and SDK share nothing, so not our mistakes either. */
export const workspaceRules: Record<string, WorkspaceRule> = {
  core: { imports: [], packages: ['zod', 'big.js'], importsInTests: ['catalogs'] },
  db: { imports: ['core'], importsInTests: ['testing', 'catalogs'] },
  stripe: { imports: ['core'], importsInTests: ['stripe-emulator', 'testing', 'catalogs'] },
  'stripe-emulator': { imports: [] },
  sdk: { imports: [], packages: [], nodeFolder: 'packages/sdk/src/node/' },
  cli: { imports: ['core', 'db', 'stripe', 'catalogs'], importsInTests: ['testing', 'stripe-emulator'] },
  catalogs: { imports: ['core'], packages: [] },
  testing: { imports: ['core', 'db', 'stripe-emulator'] },
  api: {
    imports: ['core', 'db', 'stripe', 'catalogs'],
    importsInTests: ['testing', 'stripe-emulator', 'sdk'],
  },
  console: { imports: ['core'], importsTypes: ['api'], importsInTests: ['catalogs'] },
  e2e: { imports: everything },
  bench: { imports: everything },
  scripts: { imports: ['db'] },
};

/** Packages that only these workspaces may import; elsewhere their types would spread. */
export const quarantinedPackages: readonly {
  name: RegExp;
  what: string;
  home: readonly string[];
  inTestsOf: readonly string[];
}[] = [
  {
    name: /^stripe($|\/)/,
    what: 'The Stripe SDK',
    home: ['stripe'],
    inTestsOf: ['stripe-emulator', 'api', 'e2e', 'bench'],
  },
  { name: /^(@prisma\/|prisma$|\.prisma)/, what: 'Prisma', home: ['db'], inTestsOf: [] },
  {
    name: /^pg($|\/)/,
    what: 'The Postgres driver',
    home: ['db', 'testing', 'bench'],
    inTestsOf: ['api', 'e2e', 'cli'],
  },
];

/** Inside core a module imports only from its left. */
export const coreModuleOrder = [
  'shared',
  'organizations',
  'webhooks',
  'catalog',
  'subscriptions',
  'usage',
  'rating',
  'limits',
  'invoices',
  'payments',
  'flags',
  'admin',
];

/** The workspace a path belongs to, or null for files of the root. */
export function workspaceOf(path: string): string | null {
  const [top = '', second = ''] = path.split('/');
  if (top === 'packages' || top === 'apps') return second;
  return top in workspaceRules ? top : null;
}

/** `@metergate/core/shared/ids` → `core`. */
export function workspaceNamed(specifier: string): string | null {
  return /^@metergate\/([^/]+)/.exec(specifier)?.[1] ?? null;
}
