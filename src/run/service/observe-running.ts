import {
  captureBytes,
  type FactSubject,
  type FactValue,
  type RunningSubject,
  type ServiceRequest,
} from '../../core/index.ts';
import type { Container, Surroundings } from '../../lanes/index.ts';
import type { Answer, RequestOptions } from './answer.ts';
import { explainConnection } from './explain-connection.ts';
import { within } from './phase-clock.ts';

type Facts = Readonly<Record<string, FactValue>>;

type FactsRequest = Pick<Extract<ServiceRequest, { kind: 'facts' }>, 'about' | 'expect'>;

/**
 * What of that which is asked for is true of a container that runs, in the words of goss: nothing of goss runs in it.
 * @throws the error of a container that has ended
 */
export async function observeRunning(
  container: Container,
  { about, expect }: FactsRequest,
  options: RequestOptions,
): Promise<Answer> {
  const surroundings = await container.look();
  const asked = new Set(expect.map(({ name }) => name));
  const place = { container, surroundings };
  try {
    if (about.resource === 'http') return await askForUrl(place, about, { ...options, asked });
    const facts = Object.entries(await findFacts(place, about, options));
    return { kind: 'facts', facts: Object.fromEntries(facts.filter(([name]) => asked.has(name))) };
  } catch (error) {
    return { kind: 'facts', facts: {}, problem: explainConnection(error) };
  }
}

/** Of what nobody asked for nothing is kept: it would be compared. */
async function askForUrl(
  place: Place,
  about: Extract<RunningSubject, { resource: 'http' }>,
  { asked, ...options }: RequestOptions & { readonly asked: ReadonlySet<string> },
): Promise<Answer> {
  const { requestUrl } = await import('./request-url.ts');
  const limitMs = limitOf(about, options);
  const answer = await requestUrl(place, about, { ...options, limitMs });
  if (answer.kind === 'failed') return { kind: 'facts', facts: {}, problem: answer.message };
  if (answer.kind !== 'http') return answer;
  const body = asked.has('body') ? answer.body : captureBytes(new Uint8Array(0));
  return { ...answer, headers: asked.has('headers') ? answer.headers : [], body };
}

interface Place {
  readonly container: Container;
  readonly surroundings: Surroundings;
}

async function findFacts(
  place: Place,
  about: Exclude<RunningSubject, { resource: 'http' }> | FactSubject,
  options: RequestOptions,
): Promise<Facts> {
  const { interfaces, processes, sockets } = place.surroundings;
  switch (about.resource) {
    case 'file':
    case 'group':
    case 'matching':
    case 'package':
    case 'user':
      return place.container.inspect(about);
    case 'process':
      return { running: processes.includes(about.name) };
    case 'interface': {
      const found = interfaces.find(({ name }) => name === about.name);
      return found === undefined
        ? { exists: false }
        : { exists: true, addrs: found.addresses, mtu: found.mtu };
    }
    case 'port': {
      const here = sockets.filter(
        ({ network, port }) => network === about.network && port === about.port,
      );
      return { listening: here.length > 0, ip: here.map(({ address }) => address) };
    }
    case 'addr':
      return { reachable: await isReachable(place, about, options) };
    case 'dns': {
      const { lookUpName } = await import('./look-up-name.ts');
      const addrs = await lookUpName(place, about, limitOf(about, options));
      return { resolvable: addrs.length > 0, addrs };
    }
  }
}

/** What goss lets it take, times the lane's factor. */
function limitOf(
  { timeoutMs }: { readonly timeoutMs: number },
  { factor, limitMs }: RequestOptions,
): number {
  return Math.ceil(Math.min(limitMs, timeoutMs * factor));
}

async function isReachable(
  place: Place,
  about: Extract<RunningSubject, { resource: 'addr' }>,
  options: RequestOptions,
): Promise<boolean> {
  const limitMs = limitOf(about, options);
  const { lookUpName } = await import('./look-up-name.ts');
  const subject = { name: about.host };
  const [address] = await lookUpName(place, subject, limitMs).catch((): string[] => []);
  if (address === undefined) return false;
  const connection = place.container.connect(about.port, {
    address,
    datagrams: about.network === 'udp',
  });
  const opened = connection.opened.then(
    () => true,
    () => false,
  );
  try {
    return (await within(opened, limitMs)) === true;
  } finally {
    connection.destroy();
  }
}
