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
import { PhaseClock } from './phase-clock.ts';

type Facts = Readonly<Record<string, FactValue>>;

/** As much of a container as is asked. */
type Observed = Pick<Container, 'connect' | 'inspect' | 'look'>;

type FactsRequest = Pick<Extract<ServiceRequest, { kind: 'facts' }>, 'about' | 'expect'>;

/**
 * What of that which is asked for is true of a container that runs, in the words of goss: nothing of goss runs in it.
 * @throws the error of a container that has ended
 */
export async function observeRunning(
  container: Observed,
  { about, expect }: FactsRequest,
  options: RequestOptions,
): Promise<Answer> {
  const surroundings = await container.look();
  const asked = new Set(expect.map(({ name }) => name));
  const place = { container, surroundings };
  try {
    if (about.resource === 'http') return await askForUrl(place, about, { ...options, asked });
    const { problem, ...found } =
      about.resource === 'dns'
        ? await findName(place, about, options)
        : { facts: await findFacts(place, about, options) };
    const facts = Object.entries(found.facts).filter(([name]) => asked.has(name));
    return {
      kind: 'facts',
      facts: Object.fromEntries(facts),
      ...(problem === undefined ? {} : { problem }),
    };
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
  readonly container: Observed;
  readonly surroundings: Surroundings;
}

async function findFacts(
  place: Place,
  about: Exclude<RunningSubject, { resource: 'dns' | 'http' }> | FactSubject,
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
  }
}

/** As goss has it, of what a name server cannot say nothing is known. */
async function findName(
  place: Place,
  about: Extract<RunningSubject, { resource: 'dns' }>,
  options: RequestOptions,
): Promise<{ readonly facts: Facts; readonly problem?: string | undefined }> {
  const { lookUpName } = await import('./look-up-name.ts');
  const clock = new PhaseClock(limitOf(about, options));
  const { problem, records } = await lookUpName(place, about, clock);
  return { facts: { resolvable: records.length > 0, addrs: records }, problem };
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
  const { connectByName } = await import('./connect-by-name.ts');
  const { host, network, port } = about;
  const clock = new PhaseClock(limitOf(about, options));
  const target = { host, port, datagrams: network === 'udp' };
  const connection = await connectByName(place, target, clock).catch(() => undefined);
  connection?.destroy();
  return connection !== undefined;
}
