import { describe, expect, test } from 'vitest';
import { type Check, projectOf } from '../source/project.ts';
import { consoleLayers } from './console-layers.ts';
import { importBoundaries } from './import-boundaries.ts';
import { importCycles } from './import-cycles.ts';
import { moduleOrder } from './module-order.ts';

function messagesOf(check: Check, texts: Record<string, string>): string[] {
  return check.run(projectOf(texts)).map(({ message }) => message);
}

describe('import boundaries', () => {
  const refused: [what: string, path: string, text: string][] = [
    ['core may not import another workspace', 'packages/core/src/a.ts', "import { x } from '@metergate/db';"],
    ['core may not use Node', 'packages/core/src/a.ts', "import fs from 'node:fs';"],
    ['core may not import any other package', 'packages/core/src/a.ts', "import express from 'express';"],
    ['the SDK has no dependencies', 'packages/sdk/src/a.ts', "import { z } from 'zod';"],
    ['the SDK runs without Node', 'packages/sdk/src/a.ts', "import fs from 'node:fs';"],
    ['also by a detour', 'packages/sdk/src/a.ts', "import { x } from './node/b.ts';"],
    ['its part for Node has no dependencies', 'packages/sdk/src/node/a.ts', "import { z } from 'zod';"],
    [
      'the emulator shares nothing with us',
      'packages/stripe-emulator/src/a.ts',
      "import { x } from '@metergate/core';",
    ],
    ['the Stripe SDK stays in its package', 'apps/api/src/a.ts', "import Stripe from 'stripe';"],
    ['types of the Stripe SDK stay there too', 'apps/api/src/a.ts', "import type Stripe from 'stripe';"],
    ['Prisma stays in db', 'apps/api/src/a.ts', "import { PrismaClient } from '@prisma/client';"],
    [
      'the console takes no values from the API',
      'apps/console/src/a.ts',
      "import { appRouter } from '@metergate/api';",
    ],
    ['the API does not import the console', 'apps/api/src/a.ts', "import { x } from '@metergate/console';"],
    ['testing is for tests', 'apps/api/src/a.ts', "import { x } from '@metergate/testing';"],
    [
      'a relative import stays in its package',
      'apps/api/src/a.ts',
      "import { x } from '../../../packages/db/src/a.ts';",
    ],
    ['a dynamic import counts', 'packages/core/src/a.ts', "const x = await import('@metergate/db');"],
    ['a re-export counts', 'packages/core/src/a.ts', "export * from '@metergate/db';"],
    ['a new workspace needs a rule', 'packages/unknown/src/a.ts', 'export const a = 1;'],
  ];
  test.each(refused)('%s', (_what, path, text) => {
    expect(messagesOf(importBoundaries, { [path]: text })).toHaveLength(1);
  });

  const allowed: [what: string, path: string, text: string][] = [
    [
      'core uses its decimal library',
      'packages/core/src/a.ts',
      "import Big from 'big.js'; import { z } from 'zod';",
    ],
    [
      'the console takes types from the API',
      'apps/console/src/a.ts',
      "import type { AppRouter } from '@metergate/api';",
    ],
    ['the SDK may use Node in one folder', 'packages/sdk/src/node/a.ts', "import fs from 'node:fs';"],
    ['tests of the API use testing', 'apps/api/src/a.itest.ts', "import { x } from '@metergate/testing';"],
    ['the Stripe package uses the SDK', 'packages/stripe/src/a.ts', "import Stripe from 'stripe';"],
    [
      'the emulator is tested with the SDK',
      'packages/stripe-emulator/src/a.test.ts',
      "import Stripe from 'stripe';",
    ],
  ];
  test.each(allowed)('%s', (_what, path, text) => {
    expect(messagesOf(importBoundaries, { [path]: text })).toEqual([]);
  });
});

describe('module order inside core', () => {
  test('a module may import from its left', () => {
    const text = "import { x } from '../usage/a.ts';";
    expect(messagesOf(moduleOrder, { 'packages/core/src/rating/b.ts': text })).toEqual([]);
  });
  test('a module may not import from its right, not even a type', () => {
    const text = "import type { X } from '../invoices/a.ts';";
    expect(messagesOf(moduleOrder, { 'packages/core/src/rating/b.ts': text })).toHaveLength(1);
  });
  test('a module without a place in the order is refused', () => {
    expect(messagesOf(moduleOrder, { 'packages/core/src/extras/b.ts': '' })).toHaveLength(1);
  });
});

describe('layers of the console', () => {
  const refused: [from: string, text: string][] = [
    ['ui/Button.tsx', "import { paths } from '../app/paths.ts';"],
    ['components/Amount.tsx', "import { x } from '../features/usage/x.ts';"],
    ['features/usage/Page.tsx', "import { x } from '../invoices/x.ts';"],
    [
      'features/usage/Page.tsx',
      "import { finalizeInvoice } from '@metergate/core/invoices/finalize-invoice';",
    ],
    ['features/usage/Page.tsx', "import { finalizeInvoice } from '@metergate/core';"],
  ];
  test.each(refused)('%s may not: %s', (from, text) => {
    expect(messagesOf(consoleLayers, { [`apps/console/src/${from}`]: text })).toHaveLength(1);
  });
  test('faces of core and lower layers are allowed', () => {
    const text = [
      "import { can } from '@metergate/core/invoices/invoice-lifecycle';",
      "import { formatMoney } from '@metergate/core/shared/money/format-money';",
      "import type { Invoice } from '@metergate/core';",
      "import { Amount } from '../../components/Amount.tsx';",
    ].join('\n');
    expect(messagesOf(consoleLayers, { 'apps/console/src/features/invoices/Page.tsx': text })).toEqual([]);
  });
});

describe('import cycles', () => {
  test('two files that load each other are a cycle', () => {
    const texts = { 'packages/db/src/a.ts': "import './b.ts';", 'packages/db/src/b.ts': "import './a.ts';" };
    expect(messagesOf(importCycles, texts)[0]).toContain(
      'a.ts → packages/db/src/b.ts → packages/db/src/a.ts',
    );
  });
  test('a type in one direction is no cycle', () => {
    const texts = {
      'packages/db/src/a.ts': "import type { B } from './b.ts';",
      'packages/db/src/b.ts': "import { type A } from './a.ts'; import { a } from './a.ts';",
    };
    expect(messagesOf(importCycles, texts)).toEqual([]);
  });
});
