import type {
  CaseDefinition,
  FactSubject,
  FactValue,
  RunningSubject,
  ServiceRequest,
  SocketNetwork,
} from '../../core/index.ts';
import { DEFAULT_READY_WITHIN, DEFAULT_STOP_WITHIN } from '../case-words.ts';
import { convertResource, expectFacts, factSubject, textOf } from './convert-resource.ts';
import { RUNNING_RESOURCES } from './resources.ts';
import type { GossResource } from './read-gossfile.ts';

/** goss's own limits, in milliseconds. */
const TIMEOUT_MS = { addr: 500, command: 10_000, dns: 500, http: 5000 } as const;

/** For so long what does not hold yet is asked again where no file says when all runs. */
const SETTLE_MS = 5000;

/**
 * The one case of all that asks a running container, as `dgoss run` starts it: by the image's entrypoint, and not
 * looked at before what `awaited` says holds.
 * @param resources - those that ask it, and others that it is asked for as well; commands run beside it
 */
export function convertRunning(
  resources: readonly GossResource[],
  awaited: readonly GossResource[],
): Pick<CaseDefinition, 'command' | 'compare' | 'expect'> &
  Required<Pick<CaseDefinition, 'service'>> &
  Partial<Pick<CaseDefinition, 'unsupported'>> {
  const all = [...resources, ...awaited];
  const reason = all.map(findUnsupported).find((one) => one !== undefined);
  return {
    command: { kind: 'subject' },
    expect: {},
    compare: ['responses'],
    service: {
      ready: {
        check:
          awaited.length === 0
            ? { kind: 'started' }
            : { kind: 'requests', requests: awaited.flatMap(buildRequest) },
        within: DEFAULT_READY_WITHIN,
      },
      requests: resources.flatMap(buildRequest),
      ...(awaited.length === 0 ? { settle: { kind: 'scaled', nativeMs: SETTLE_MS } as const } : {}),
      stop: { signal: 'SIGKILL', within: DEFAULT_STOP_WITHIN },
    },
    ...(reason === undefined ? {} : { unsupported: reason }),
  };
}

const ASKED = [
  ...['command', 'file', 'group', 'matching', 'package', 'user'],
  ...Object.keys(RUNNING_RESOURCES),
];

/** What of a resource cannot be had, in words for people. */
function findUnsupported({ attributes, id, kind }: GossResource): string | undefined {
  if (!ASKED.includes(kind)) return `a running container is not asked for ${kind} ${id}`;
  const unknown = ['proxy', 'ca-file', 'cert-file', 'key-file', 'local-address'].find((name) => {
    const value = attributes[name] ?? '';
    return value !== '';
  });
  return unknown === undefined ? undefined : `${kind} ${id} has ${unknown}, which is not to be had`;
}

function buildRequest(resource: GossResource): ServiceRequest[] {
  const { attributes, id, kind } = resource;
  const label = `${kind} ${id}`;
  const isSkipped = attributes['skip'] === true;
  if (kind === 'command') {
    const { command, expect } = convertResource(resource);
    if (command.kind !== 'shell') throw new TypeError('a command of goss is no script');
    const timeoutMs = milliseconds(attributes['timeout'], TIMEOUT_MS.command);
    return [{ kind: 'run', label, command, expect: isSkipped ? {} : expect, timeoutMs }];
  }
  const about = subjectOf(resource);
  return about === undefined
    ? []
    : // What is left out on one platform only is asked all the same, and nothing is expected of it.
      [{ kind: 'facts', label, about, expect: isSkipped ? [] : expectFacts(resource) }];
}

function milliseconds(value: FactValue | undefined, otherwise: number): number {
  return typeof value === 'number' && value > 0 ? value : otherwise;
}

function subjectOf({
  attributes,
  id,
  kind,
}: GossResource): RunningSubject | FactSubject | undefined {
  switch (kind) {
    case 'process':
      return { resource: 'process', name: textOf(attributes['comm'], id) };
    case 'interface':
      return { resource: 'interface', name: textOf(attributes['name'], id) };
    case 'port': {
      const [, network = 'tcp', port] =
        /^(?:(\w+):)?(\d+)$/.exec(textOf(attributes['port'], id)) ?? [];
      return { resource: 'port', network: network as SocketNetwork, port: Number(port) };
    }
    case 'addr':
      return {
        resource: 'addr',
        ...readAddress(textOf(attributes['address'], id)),
        timeoutMs: milliseconds(attributes['timeout'], TIMEOUT_MS.addr),
      };
    case 'dns': {
      const [, type, name = ''] =
        /^(?:([A-Z]+):)?(.*)$/s.exec(textOf(attributes['resolve'], id)) ?? [];
      const server = textOf(attributes['server'], '');
      return {
        resource: 'dns',
        name,
        ...(type === undefined ? {} : { type }),
        ...(server === '' ? {} : { server }),
        timeoutMs: milliseconds(attributes['timeout'], TIMEOUT_MS.dns),
      };
    }
    case 'http':
      return buildHttp(attributes, id);
    case 'file':
    case 'group':
    case 'matching':
    case 'package':
    case 'user':
      return factSubject(kind, id, attributes);
    default:
      return undefined;
  }
}

/** `NETWORK://HOST:PORT`, where IPv6 addresses stand in brackets; without a network it is TCP. */
function readAddress(text: string): {
  readonly network: 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
} {
  const [, network = 'tcp', host = '', port] =
    /^(?:(\w+):\/\/)?\[?(.*?)\]?:(\d+)$/.exec(text) ?? [];
  return { network: network.startsWith('udp') ? 'udp' : 'tcp', host, port: Number(port) };
}

function buildHttp(attributes: GossResource['attributes'], id: string): RunningSubject {
  const written = attributes['request-headers'];
  const headers = (Array.isArray(written) ? written : []).map((line): [string, string] => {
    const [name = '', ...value] = String(line).split(':');
    return [name.trim(), value.join(':').trim()];
  });
  const [username, password, body] = ['username', 'password', 'request-body'].map((name) =>
    textOf(attributes[name], ''),
  );
  const login = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  return {
    resource: 'http',
    url: textOf(attributes['url'], id),
    method: textOf(attributes['method'], 'GET'),
    headers: login === 'Og==' ? headers : [...headers, ['Authorization', `Basic ${login}`]],
    ...(body === '' || body === undefined ? {} : { body }),
    followsRedirects: attributes['no-follow-redirects'] !== true,
    verifies: attributes['allow-insecure'] !== true,
    timeoutMs: milliseconds(attributes['timeout'], TIMEOUT_MS.http),
  };
}
