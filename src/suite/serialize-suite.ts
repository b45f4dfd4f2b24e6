import { isDeepStrictEqual } from 'node:util';
import { Document, isScalar, visit } from 'yaml';
import type { CaseDefinition, Limits, Subject, Suite, Timeout } from '../core/index.ts';
import { formatByteSize } from './byte-size.ts';
import {
  DEFAULT_TIMEOUT,
  defaultCompare,
  defaultLimits,
  defaultNormalisers,
} from './case-words.ts';
import { formatDuration } from './duration.ts';

/** Keys and values as a suite writes them; `undefined` is left out. */
type Written = Readonly<Record<string, unknown>>;

/**
 * Writes a suite as YAML that `parseSuite` reads back to an equal suite (but for positions).
 * Paths come out absolute. What equals the default is not written.
 * @throws TypeError for a case with a service or further containers, when the cases have several subjects, or a timeout that scales from other than
 *   the built-in default: the format has no words for these
 */
export function serializeSuite(suite: Suite): string {
  const document = new Document(
    omitEmpty({
      version: suite.version,
      name: suite.name,
      subject: writeSubject(findSubject(suite)),
      lanes: nonEmpty(suite.lanes),
      secrets: nonEmpty(suite.secrets),
      cases: suite.cases.map(writeCase),
    }),
    { version: '1.2', schema: 'core', aliasDuplicateObjects: false },
  );
  visit(document, {
    // [app, --version] reads as a command; one word a line does not.
    Seq(_key, node) {
      if (node.items.every((item) => isScalar(item))) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function findSubject(suite: Suite): Subject {
  const [first, ...others] = suite.cases.map((definition) => definition.subject);
  if (first === undefined) throw new TypeError('a suite without cases cannot be written');
  if (others.some((subject) => !isDeepStrictEqual(subject, first))) {
    throw new TypeError('a suite whose cases have several subjects cannot be written');
  }
  return first;
}

function writeSubject(subject: Subject): Written {
  return subject.kind === 'image' ? { image: subject.reference } : { binary: subject.paths };
}

function writeCase(definition: CaseDefinition): Written {
  const { command, stdin, known, when } = definition;
  if (definition.service !== undefined || definition.with !== undefined)
    throw new TypeError('a case with containers of its own cannot be written');
  return omitEmpty({
    name: definition.name,
    tags: nonEmpty(definition.tags),
    run:
      command.kind === 'run' ? command.argv : command.kind === 'shell' ? command.script : undefined,
    args: command.kind === 'subject' ? command.args : undefined,
    inspect: command.kind === 'inspect' ? command.what : undefined,
    env: Object.keys(definition.env).length === 0 ? undefined : definition.env,
    user: definition.user,
    workdir: definition.workdir,
    network: unlessDefault(definition.network, 'none'),
    stdin: stdin !== undefined && 'text' in stdin ? stdin.text : undefined,
    stdinFile: stdin !== undefined && 'file' in stdin ? stdin.file : undefined,
    fixtures: nonEmpty(definition.fixtures),
    setup: nonEmpty(definition.setup),
    teardown: nonEmpty(definition.teardown),
    timeout: writeTimeout(definition.timeout),
    mayKeepRunning: definition.mayKeepRunning,
    retries: unlessDefault(definition.retries, 0),
    limits: writeLimits(definition.limits, defaultLimits(command)),
    when: when === undefined || Object.keys(when).length === 0 ? undefined : when,
    expect: Object.keys(definition.expect).length === 0 ? undefined : definition.expect,
    compare: unlessDefault(
      definition.compare,
      defaultCompare({
        service: definition.service,
        ...(command.kind === 'inspect' ? { inspect: command.what } : {}),
      }),
    ),
    normalize: unlessDefault(definition.normalize, defaultNormalisers(command)),
    files: definition.files,
    known: known.length === 1 ? known[0] : nonEmpty(known),
    pid1: unlessDefault(definition.pid1, 'init'),
  });
}

function writeTimeout(timeout: Timeout): string | Written | undefined {
  if (timeout.kind === 'scaled') {
    if (isDeepStrictEqual(timeout, DEFAULT_TIMEOUT)) return undefined;
    throw new TypeError('only the built-in default of a scaled timeout can be written');
  }
  const everywhere = formatDuration(timeout.ms);
  const lanes = Object.entries(timeout.byLane);
  if (lanes.length === 0) return everywhere;
  return {
    default: everywhere,
    ...Object.fromEntries(lanes.map(([lane, ms]) => [lane, formatDuration(ms)])),
  };
}

function writeLimits(limits: Limits, byDefault: Limits): Written | undefined {
  const { pids, memoryBytes, outputBytes } = limits;
  const written = omitEmpty({
    pids,
    memory: memoryBytes === undefined ? undefined : formatByteSize(memoryBytes),
    output: outputBytes === byDefault.outputBytes ? undefined : formatByteSize(outputBytes),
  });
  return Object.keys(written).length === 0 ? undefined : written;
}

function unlessDefault<Value>(value: Value, byDefault: Value): Value | undefined {
  return isDeepStrictEqual(value, byDefault) ? undefined : value;
}

function nonEmpty<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items;
}

function omitEmpty(written: Written): Written {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}
