import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UrlRequest } from '../../core/index.ts';
import type { Container, Surroundings } from '../../lanes/index.ts';
import type { Answer, RequestOptions } from './answer.ts';
import { lookUpName } from './look-up-name.ts';
import { speakHttp } from './request-http.ts';

/** As many redirects as Go's client follows. */
const MOST_REDIRECTS = 10;

interface Place {
  readonly container: Container;
  readonly surroundings: Surroundings;
}

/**
 * Fetches a URL as a program in the container would: its names, its network.
 * @throws Error when the name is not known, or the error of the connection, of TLS or of what is no HTTP
 */
export async function requestUrl(
  place: Place,
  request: UrlRequest,
  options: RequestOptions,
): Promise<Answer> {
  let url = new URL(request.url);
  let { body, method } = request;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await fetchOnce(place, { ...request, url, method, body }, options);
    if (answer.kind !== 'http' || !request.followsRedirects) return answer;
    const location = answer.headers.find(([name]) => name === 'location')?.[1];
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
    if (redirects === MOST_REDIRECTS) throw new Error(`stopped after ${MOST_REDIRECTS} redirects`);
    url = new URL(location, url);
    // What a browser makes of them, and Go (net/http, Client.Do).
    if (answer.status < 307 && method !== 'HEAD') {
      method = 'GET';
      body = undefined;
    }
  }
}

async function fetchOnce(
  place: Place,
  {
    body,
    headers,
    method,
    url,
    verifies,
  }: Omit<UrlRequest, 'url' | 'body'> & { readonly url: URL; readonly body: string | undefined },
  options: RequestOptions,
): Promise<Answer> {
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  const [address] = await lookUpName(place, { name: host }, options.limitMs);
  if (address === undefined) throw new Error(`no address is known for ${host}`);
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const plain = place.container.connect(port, { address });
  const connection = isTls ? await startTls(plain, { host, verifies }) : plain;
  const named = new Map<string, string[]>();
  if (url.username !== '' || url.password !== '')
    named.set('authorization', [basicAuthorization(url)]);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    named.set(key, [...(named.get(key) ?? []), value]);
  }
  return speakHttp(
    connection,
    {
      method,
      port,
      path: `${url.pathname}${url.search}`,
      host: url.host,
      headers: Object.fromEntries(
        [...named].map(([name, values]) => [
          name,
          values.length === 1 ? (values[0] ?? '') : values,
        ]),
      ),
      ...(body === undefined ? {} : { body }),
    },
    options,
  );
}

function basicAuthorization({ password, username }: URL): string {
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** Loaded only when it is needed. @throws the error of the handshake, or that nobody vouches for the certificate */
async function startTls(
  socket: Duplex,
  { host, verifies }: { readonly host: string; readonly verifies: boolean },
): Promise<Duplex> {
  const { connect } = await import('node:tls');
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket,
      rejectUnauthorized: verifies,
      ...(isIP(host) === 0 ? { servername: host } : { host }),
    });
    secured.once('secureConnect', () => {
      resolve(secured);
    });
    secured.once('error', reject);
    socket.once('error', reject);
  });
}
