import { connect, type Socket } from 'node:net';

export type Post = (path: string, body: string, accept?: readonly number[]) => Promise<void>;

/**
 * POSTs on kept connections, one request in flight on each. It writes and reads HTTP/1.1 on plain sockets and knows
 * answers of a stated length only: an ordinary client takes half a core, which on a small machine is taken from what
 * is measured.
 */
export function createPoster(target: { url: string; key: string; sockets: number }): Post {
  const { hostname, port, host } = new URL(target.url);
  const idle: Connection[] = [];
  const waiting: ((connection: Connection) => void)[] = [];
  let open = 0;

  const free = (connection: Connection) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else next(connection);
  };
  const onClosed = (connection: Connection) => {
    open -= 1;
    const at = idle.indexOf(connection);
    if (at >= 0) idle.splice(at, 1);
  };
  const acquire = (): Connection | Promise<Connection> => {
    const kept = idle.pop();
    if (kept !== undefined) return kept;
    if (open < target.sockets) {
      open += 1;
      return new Connection(connect({ host: hostname, port: Number(port), noDelay: true }), {
        free,
        onClosed,
      });
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const head =
    ` HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${target.key}\r\n` +
    'content-type: application/json\r\ncontent-length: ';

  return async (path, body, accept = [200]) => {
    const connection = await acquire();
    const { status, text } = await connection.ask(
      `POST ${path}${head}${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    if (!accept.includes(status)) throw new Error(`${path} answered ${status}: ${text}`);
  };
}

interface Answer {
  status: number;
  text: string;
}

interface Owner {
  free: (connection: Connection) => void;
  onClosed: (connection: Connection) => void;
}

class Connection {
  readonly #socket: Socket;
  readonly #owner: Owner;
  #received = '';
  #resolve: ((answer: Answer) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  constructor(socket: Socket, owner: Owner) {
    this.#socket = socket;
    this.#owner = owner;
    // One character for each byte, so that the stated length counts characters.
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#read(chunk));
    socket.on('error', (error) => this.#reject?.(error));
    socket.on('close', () => {
      owner.onClosed(this);
      this.#reject?.(new Error('the server closed the connection'));
    });
  }

  ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(request);
    });
  }

  #read(chunk: string): void {
    this.#received += chunk;
    const answer = readAnswer(this.#received);
    if (answer === undefined) return;
    this.#received = '';
    const resolve = this.#resolve;
    this.#resolve = undefined;
    this.#reject = undefined;
    this.#owner.free(this);
    resolve?.(answer);
  }
}

/** `undefined` until all of it is there. */
function readAnswer(received: string): Answer | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, headEnd))?.[1];
  if (length === undefined) throw new Error('an answer without a stated length');
  const start = headEnd + 4;
  if (received.length < start + Number(length)) return undefined;
  return { status: Number(received.slice(9, 12)), text: received.slice(start) };
}
