import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UrlRequest } from '../../core/index.ts';
import { unanswered, type Answer, type RequestOptions } from './answer.ts';
import { connectByName } from './connect-by-name.ts';
import type { Place } from './look-up-name.ts';
import { PhaseClock, within } from './phase-clock.ts';
import { speakHttp } from './request-http.ts';

/** As many redirects as Go's client follows. */
const MOST_REDIRECTS = 10;

/** Not for another origin than the one that they were meant for. */
const CONFIDENTIAL = ['authorization', 'cookie', 'proxy-authorization'];

type Headers = UrlRequest['headers'];

/**
 * Fetches a URL as a program in the container would: its names, its network.
 * @throws Error when the name is not known, or the error of the connection, of TLS or of what is no HTTP
 */
export async function requestUrl(
  place: Place,
  request: UrlRequest,
  { keptBytes, limitMs }: Pick<RequestOptions, 'keptBytes' | 'limitMs'>,
): Promise<Answer> {
  const clock = new PhaseClock(limitMs);
  let url = new URL(request.url);
  let { body, headers, method } = request;
  for (let redirects = 0; ; redirects += 1) {
    const hop = { ...request, url, method, headers, body };
    const answer = await fetchOnce(place, hop, { keptBytes, clock });
    // It names the whole time, of which the last hop had a part.
    if (answer?.kind !== 'http') return unanswered(limitMs);
    if (!request.followsRedirects) return answer;
    const location = answer.headers.find(([name]) => name === 'location')?.[1];
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
    if (redirects === MOST_REDIRECTS) throw new Error(`stopped after ${MOST_REDIRECTS} redirects`);
    headers = headersBehind(headers, url, location);
    url = new URL(location, url);
    // What a browser makes of them, and Go (net/http, Client.Do).
    if (answer.status < 307 && method !== 'HEAD') {
      method = 'GET';
      body = undefined;
    }
  }
}

/** What of the headers is sent to where a redirect leads. */
function headersBehind(headers: Headers, from: URL, location: string): Headers {
  const dropped = [
    ...(new URL(location, from).origin === from.origin ? [] : CONFIDENTIAL),
    // A host that was written is the one of a relative location alone (Go: net/http, Client.do).
    ...(URL.canParse(location) ? ['host'] : []),
  ];
  return headers.filter(([name]) => !dropped.includes(name.toLowerCase()));
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
  { clock, keptBytes }: { readonly clock: PhaseClock; readonly keptBytes: number },
): Promise<Answer | undefined> {
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const plain = await connectByName(place, { host, port }, clock);
  if (plain === undefined) return undefined;
  const connection = isTls ? await startTls(plain, { host, verifies, clock }) : plain;
  if (connection === undefined) return undefined;
  return speakHttp(
    connection,
    {
      method,
      port,
      path: `${url.pathname}${url.search}`,
      headers: headersFor(url, headers),
      ...(body === undefined ? {} : { body }),
    },
    { keptBytes, limitMs: clock.share() },
  );
}

/** Those that are written, and what the URL says where they do not. */
function headersFor(url: URL, written: Headers): Record<string, string | string[]> {
  const byName = Map.groupBy(written, ([name]) => name.toLowerCase());
  const isNamed = url.username !== '' || url.password !== '';
  return {
    host: url.host,
    ...(isNamed ? { authorization: basicAuthorization(url) } : {}),
    ...Object.fromEntries(
      [...byName].map(([name, same]) => {
        const values = same.map(([, value]) => value);
        return [name, values.length === 1 ? (values[0] ?? '') : values];
      }),
    ),
  };
}

function basicAuthorization({ password, username }: URL): string {
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/**
 * Loaded only when it is needed. `undefined` when there is no time left.
 * @throws the error of the handshake, or that nobody vouches for the certificate
 */
async function startTls(
  socket: Duplex,
  {
    clock,
    host,
    verifies,
  }: { readonly clock: PhaseClock; readonly host: string; readonly verifies: boolean },
): Promise<Duplex | undefined> {
  const { connect } = await import('node:tls');
  const connection = connect({
    socket,
    rejectUnauthorized: verifies,
    ...(isIP(host) === 0 ? { servername: host } : { host }),
  });
  const secured = new Promise<Duplex>((resolve, reject) => {
    connection.once('secureConnect', () => {
      resolve(connection);
    });
    connection.on('error', reject);
    socket.once('error', reject);
  });
  let isSecured = false;
  try {
    const inTime = await within(secured, clock.share());
    isSecured = inTime !== undefined;
    return inTime;
  } finally {
    if (!isSecured) {
      connection.destroy();
      socket.destroy();
    }
  }
}
