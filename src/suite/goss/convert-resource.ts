import type { CaseDefinition, FactExpectation, FactSubject, FactValue } from '../../core/index.ts';
import { RESOURCES } from './resources.ts';
import type { GossResource } from './read-gossfile.ts';

/** goss's own deadline of commands, in milliseconds. */
const COMMAND_TIMEOUT_MS = 10_000;

type Converted = Pick<CaseDefinition, 'command' | 'expect'> &
  Partial<Pick<CaseDefinition, 'compare' | 'timeout' | 'printedFacts' | 'skip' | 'unsupported'>>;

/** A resource as what a case looks at and expects. */
export function convertResource({ attributes, id, kind }: GossResource): Converted {
  const facts = expectFacts({ attributes, kind });
  const skip = attributes['skip'] === true ? { skip: 'skip: true in the goss file' } : {};
  const usage =
    (attributes['usage'] ?? null) === null
      ? {}
      : { unsupported: 'how full a mount is says nothing of an image' };
  if (kind === 'service')
    return {
      command: { kind: 'inspect', what: 'facts' },
      expect: {},
      unsupported:
        "goss's service asks an init system, and containers have none: ask process or port",
      ...skip,
    };
  return { ...findCommand(kind, id, attributes), expect: { facts }, ...skip, ...usage };
}

/** What the attributes of a resource say of its facts. */
export function expectFacts({
  attributes,
  kind,
}: Pick<GossResource, 'attributes' | 'kind'>): FactExpectation[] {
  const { matched = [], texts = [] } = RESOURCES[kind] ?? {};
  return matched.flatMap((name): FactExpectation[] => {
    const matcher = attributes[name];
    if (matcher === undefined || matcher === null) return [];
    const isText = texts.includes(name) || attributes['as-reader'] === true;
    return [
      { name: name === 'contains' ? 'contents' : name, matcher, ...(isText ? { isText } : {}) },
    ];
  });
}

export function textOf(value: FactValue | undefined, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function findCommand(
  kind: string,
  id: string,
  attributes: GossResource['attributes'],
): Pick<Converted, 'command' | 'compare' | 'printedFacts' | 'timeout'> {
  if (kind === 'command') {
    const { timeout } = attributes;
    const ms = typeof timeout === 'number' && timeout > 0 ? timeout : COMMAND_TIMEOUT_MS;
    return {
      command: { kind: 'shell', script: textOf(attributes['exec'], id) },
      // What is written holds everywhere; the deadline of goss itself grows with the emulation.
      timeout:
        typeof timeout === 'number' && timeout > 0
          ? { kind: 'literal', ms, byLane: {} }
          : { kind: 'scaled', nativeMs: ms },
    };
  }
  if (kind === 'mount') {
    return {
      command: { kind: 'run', argv: ['cat', '/proc/self/mountinfo'] },
      printedFacts: { format: 'mountinfo', mountpoint: textOf(attributes['mountpoint'], id) },
      // Devices and numbers of mounts are others in each container.
      compare: ['exit'],
    };
  }
  if (kind === 'kernel-param') {
    const name = textOf(attributes['name'], id);
    return {
      command: { kind: 'run', argv: ['cat', `/proc/sys/${name.replaceAll('.', '/')}`] },
      printedFacts: { format: 'value' },
    };
  }
  return { command: { kind: 'inspect', what: 'facts', about: factSubject(kind, id, attributes) } };
}

/** What the image, or a container of it, is asked for. */
export function factSubject(
  kind: string,
  id: string,
  attributes: GossResource['attributes'],
): FactSubject {
  switch (kind) {
    case 'file':
      return { resource: 'file', path: textOf(attributes['path'], id) };
    case 'matching':
      return { resource: 'matching', content: attributes['content'] ?? null };
    case 'package':
      return { resource: 'package', name: textOf(attributes['name'], id) };
    case 'user':
      return { resource: 'user', name: textOf(attributes['username'], id) };
    default:
      return { resource: 'group', name: textOf(attributes['groupname'], id) };
  }
}
