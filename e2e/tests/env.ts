/** The only reader of the environment in these tests. `E2E_DATA_DIR` is shared with the worker processes. */
export const environment = process.env;
