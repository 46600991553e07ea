import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import process from 'node:process';
import { createGunzip } from 'node:zlib';

/** What is used of the engine that runs inside this process. */
interface Session {
  query(sql: string, format?: string): string;
}

const [, , modulePath = '', folder = '', port = '0'] = process.argv;
const chdb: { Session: new (folder: string) => Session } = createRequire(import.meta.url)(modulePath);
const session = new chdb.Session(folder);

const transportParameters = new Set([
  'query',
  'query_id',
  'session_id',
  'default_format',
  'database',
  'enable_http_compression',
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'role',
  'user',
  'password',
]);

/** The engine runs one statement at a time. */
let last: Promise<unknown> = Promise.resolve();

createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  void bodyOf(request).then((body) => {
    last = last.then(() => answer(url, body, response));
  });
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));

async function bodyOf(request: IncomingMessage): Promise<string> {
  const isPacked = request.headers['content-encoding'] === 'gzip';
  const chunks: Buffer[] = [];
  for await (const chunk of isPacked ? request.pipe(createGunzip()) : request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function answer({ searchParams }: URL, body: string, response: ServerResponse): void {
  const query = searchParams.get('query');
  const text = query === null ? body : `${query}\n${body}`;
  const isInsert = /^\s*insert/i.test(text);
  const named = isInsert ? null : /\bFORMAT\s+(\w+)\s*;?\s*$/i.exec(text);
  const format = named?.[1] ?? searchParams.get('default_format') ?? 'TabSeparated';
  const sql = named === null ? text : text.slice(0, named.index);
  try {
    const settings = isInsert ? '' : settingsOf(searchParams);
    if (settings !== '') session.query(settings);
    response.setHeader('X-ClickHouse-Format', format);
    response.end(session.query(sql, format));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = /Code: (\d+)/.exec(message)?.[1];
    response.statusCode = 400;
    if (code !== undefined) response.setHeader('X-ClickHouse-Exception-Code', code);
    response.end(message.startsWith('Code:') ? message : `Code: 0. DB::Exception: ${message}`);
  }
}

function settingsOf(parameters: URLSearchParams): string {
  return [...parameters]
    .filter(([name]) => !transportParameters.has(name))
    .map(([name, value]) => `SET ${name}=${quoted(value)};`)
    .join('\n');
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
