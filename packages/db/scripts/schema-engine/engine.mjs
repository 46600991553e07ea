import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import { MigrationAdapterFactory, offlineAdapterFactory } from './adapter.mjs';

let lastPanic;
let loading;

/** The engine's own message when it crashed; undefined when it did not. */
export function takePanic() {
  const panic = lastPanic;
  lastPanic = undefined;
  return panic;
}

/** Starts the engine once. */
export function loadEngine(options) {
  loading ??= start(options);
  return loading;
}

async function start({ datamodels, datasource }) {
  instantiate();
  const factory = datasource?.url ? new MigrationAdapterFactory(datasource) : offlineAdapterFactory;
  const files = datamodels.map((file) => [file, readFileSync(file, 'utf8')]);
  return await glue.SchemaEngine.new(
    { datamodels: files.length > 0 ? files : undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
}

function instantiate() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message(message) {
      lastPanic = message;
    },
  };
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = path.join(path.dirname(entry), 'schema_engine_bg.wasm');
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
}
