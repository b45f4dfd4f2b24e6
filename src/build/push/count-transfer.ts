import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a registry that counts what goes through it. */
export interface TransferCounter {
  /** Where the registry is to be asked for: ours for one on loopback, else its own. */
  readonly registry: string;
  /** For the programs that push. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was sent to the registry so far, all protocols included. */
  sentBytes(): number;
  close(): Promise<void>;
}

/** How Go programs, which docker and skopeo are, are told of proxies (net/http, `ProxyFromEnvironment`). */
const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
const HEAD_BYTES = 16 * 1024;

/**
 * Stands between a client and a registry: as a relay in front of one on loopback, where Go asks no proxy, else as
 * an HTTP proxy that hands TLS on unread (RFC 9110, CONNECT).
 * @returns `undefined` where the user has a proxy already: what goes through that is not counted
 */
export async function countTransfer(
  registry: string,
  {
    isLoopback,
    env = process.env,
  }: {
    readonly isLoopback: boolean;
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): Promise<TransferCounter | undefined> {
  if (!isLoopback && PROXIES.some((name) => (env[name] ?? '') !== '')) return undefined;
  let sent = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const join = (client: Socket, server: Socket, first: Buffer): void => {
    const count = (chunk: Buffer): void => void (sent += chunk.length);
    client.on('data', count).pipe(server);
    if (first.length > 0) {
      count(first);
      server.write(first);
    }
    server.pipe(client);
    server.once('close', () => client.destroy());
    client.once('close', () => server.destroy());
  };
  const dial = (place: string): Socket => {
    const { host, port } = splitPlace(place);
    return keep(connect(port, host));
  };
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    keep(client);
    if (isLoopback) join(client, dial(registry), Buffer.alloc(0));
    else
      readConnect(client, (place, rest) => {
        const server = dial(place);
        server.once('connect', () => {
          client.write('HTTP/1.1 200 Connection established\r\n\r\n');
          join(client, server, rest);
        });
        server.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
      });
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = `127.0.0.1:${String((listener.address() as AddressInfo).port)}`;
  return {
    registry: isLoopback ? address : registry,
    env: isLoopback
      ? {}
      : { HTTPS_PROXY: `http://${address}`, NO_PROXY: undefined, no_proxy: undefined },
    sentBytes: () => sent,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function splitPlace(place: string): { readonly host: string; readonly port: number } {
  const [, host = place, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(place) ?? [];
  return { host, port: Number(port ?? 443) };
}

/** Reads the head of a request to connect, and gives what came after it. */
function readConnect(client: Socket, take: (place: string, rest: Buffer) => void): void {
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && head.length < HEAD_BYTES) return;
    client.off('data', onData).pause();
    const place = /^CONNECT (\S+) HTTP\/1\.[01]\r\n/.exec(head.toString('latin1'))?.[1];
    if (end < 0 || place === undefined) client.end('HTTP/1.1 405 Method Not Allowed\r\n\r\n');
    else take(place, head.subarray(end + 4));
  };
  client.on('data', onData);
}
