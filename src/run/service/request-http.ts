import { request as startRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServiceRequest } from '../../core/index.ts';
import type { Container } from '../../lanes/index.ts';
import { KeptBytes } from './kept-bytes.ts';
import { unanswered, type Answer, type RequestOptions } from './answer.ts';

type HttpRequest = Pick<
  Extract<ServiceRequest, { kind: 'http' }>,
  'method' | 'port' | 'path' | 'body'
> & {
  /** Without a `host`, that is localhost and the port. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
};

/**
 * One HTTP/1.1 request on a connection of its own; no redirect is followed.
 * @throws the error of the connection, or of what is no HTTP
 */
export function requestHttp(
  container: Container,
  request: HttpRequest,
  options: Pick<RequestOptions, 'keptBytes' | 'limitMs'>,
): Promise<Answer> {
  return speakHttp(container.connect(request.port), request, options);
}

/**
 * As {@link requestHttp}, on a connection that is there; it is closed.
 * @throws the error of the connection, or of what is no HTTP
 */
export async function speakHttp(
  connection: Duplex,
  { body, headers, method, path, port }: HttpRequest,
  { keptBytes, limitMs }: Pick<RequestOptions, 'keptBytes' | 'limitMs'>,
): Promise<Answer> {
  const kept = new KeptBytes(keptBytes);
  return new Promise((resolve, reject) => {
    const request = startRequest({
      createConnection: () => connection,
      host: 'localhost',
      port,
      method,
      path,
      headers: {
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
      setDefaultHeaders: true,
    });
    const timer = setTimeout(() => {
      resolve(unanswered(limitMs));
      request.destroy();
    }, limitMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    request.on('error', fail);
    request.on('response', (response) => {
      response.on('data', (data: Buffer) => {
        kept.add(data);
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({
          kind: 'http',
          status: response.statusCode ?? 0,
          headers: pairUp(response.rawHeaders),
          body: kept.finish(),
        });
        connection.destroy();
      });
    });
    request.end(body);
  });
}

/** Names, in lower case, and values alternate. */
function pairUp(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? '']] : [],
  );
}
