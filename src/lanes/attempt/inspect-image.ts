import type { AgentClient, TreeEntry as AgentEntry } from '../../agent/index.ts';
import {
  captureBytes,
  capturedBuffer,
  expandVariables,
  type CaseDefinition,
  type Observation,
  type Platform,
} from '../../core/index.ts';
import {
  auditRootfs,
  describeAudit,
  describeTree,
  listTree,
  readDevices,
  type DescribedEntry,
  type DeviceNode,
  type ImageConfig,
  type LeftOut,
} from '../../image/index.ts';
import { parseEnvironment } from '../environment.ts';
import { toChangedFile } from './changed-files.ts';
import { viewByDocker } from './docker-view.ts';
import { openImageFiles } from './image-files.ts';
import { toInner } from './inner-id.ts';
import { describeConfig, observeConfig } from './inspect-config.ts';
import { describeFacts, inspectFacts } from './inspect-facts.ts';
import { inspectLicenses } from './inspect-licenses.ts';
import { describePath, inspectPaths, listWantedPaths } from './inspect-paths.ts';
import type { UserMaps } from '../local/user-maps.ts';

export interface InspectOptions {
  /** Absolute host path of the unpacked image. */
  readonly root: string;
  readonly config: ImageConfig;
  /** Where its verified copy lies; absent for a directory of the user's. */
  readonly layoutDir?: string;
  readonly platform: Platform;
  /** Reads what this process may not: files of subordinate ids. */
  readonly client: AgentClient;
  readonly maps?: UserMaps;
}

/** What was found, as a program would print it: findings on stdout, remarks on stderr. */
interface Inspection {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** One line for people. */
  readonly note: string;
  readonly config?: Observation['config'];
  readonly facts?: Observation['facts'];
}

type Inspecting = InspectOptions & Pick<CaseDefinition, 'expand' | 'expect' | 'variants'>;

/** Examples of paths after each reason on stderr. */
const SHOWN_PATHS = 8;

/** Looks at the unpacked image of a lane; nothing of it is started. */
export async function inspectImageFiles(
  { command, expand, expect, limits, variants }: CaseDefinition,
  options: InspectOptions,
): Promise<Observation> {
  if (command.kind !== 'inspect') throw new TypeError('not an inspection');
  const started = performance.now();
  const before = process.cpuUsage();
  const inspecting: Inspecting = {
    ...options,
    expect,
    ...(expand === undefined ? {} : { expand }),
    ...(variants === undefined ? {} : { variants }),
  };
  const { config, facts, note, stderr, stdout } = await inspectPart(command, inspecting);
  const files = await inspectExpectedPaths(command, inspecting);
  const { user, system } = process.cpuUsage(before);
  const [only, ...others] = files ?? [];
  const isAboutPaths = command.what === 'paths' && only !== undefined && others.length === 0;
  return {
    termination: { kind: 'exit', code: 0 },
    stdout: capture(stdout, limits.outputBytes),
    stderr: capture(stderr, limits.outputBytes),
    ...(files === undefined ? {} : { files }),
    ...(config === undefined ? {} : { config }),
    ...(facts === undefined ? {} : { facts }),
    wallMs: performance.now() - started,
    userMs: user / 1000,
    sysMs: system / 1000,
    maxRssKb: 0,
    notes: [isAboutPaths ? describePath(only) : note],
  };
}

async function inspectPart(
  command: Extract<CaseDefinition['command'], { kind: 'inspect' }>,
  options: Inspecting,
): Promise<Inspection> {
  switch (command.what) {
    case 'programs':
      return inspectPrograms(options);
    case 'files':
      return inspectFiles(options);
    case 'paths': {
      const paths = expectedFiles(options).length;
      return { stdout: [], stderr: [], note: count(paths, 'path') };
    }
    case 'config': {
      const config = observeConfig(options.config);
      const asked = allExpectations(options).flatMap((expectation) => expectation.config ?? []);
      const lines = describeConfig(config, asked);
      return {
        stdout: lines,
        stderr: [],
        note: count(lines.length, 'property', 'properties'),
        config,
      };
    }
    case 'facts': {
      if (command.about === undefined) throw new TypeError('facts about nothing');
      const all = await inspectFacts(command.about, filesOf(command, options));
      const asked = allExpectations(options).flatMap(({ facts }) => facts ?? []);
      const names = asked.map(({ name }) => name);
      // Only what is asked for is kept: contents may be long.
      const facts = Object.fromEntries(
        Object.entries(all).filter(([name]) => names.includes(name)),
      );
      const note = count(Object.keys(facts).length, 'fact');
      return { stdout: describeFacts(facts, names), stderr: [], note, facts };
    }
    case 'licenses': {
      const { findings, packages } = await inspectLicenses(filesOf(command, options));
      return { stdout: findings, stderr: [], note: count(packages, 'package') };
    }
  }
}

function filesOf(
  { view }: Extract<CaseDefinition['command'], { kind: 'inspect' }>,
  options: InspectOptions,
) {
  const files = openImageFiles(options);
  return view === 'docker-cp' ? viewByDocker(files) : files;
}

/** What is expected on the lane's platform and everywhere. */
function expectations({ expect, platform }: Inspecting) {
  const there = expect.platform?.[platform];
  return there === undefined ? [expect] : [expect, there];
}

/** What any platform asks for is told of all: else what one asks for more would be a difference. */
function allExpectations(options: Inspecting) {
  const elsewhere = Object.values(options.variants ?? {});
  return [...expectations(options), ...elsewhere.flatMap(({ expect }) => expect ?? [])];
}

function expectedFiles(options: Inspecting) {
  return expectations(options).flatMap(({ files }) => files ?? []);
}

/** The paths that the case has expectations of. */
async function inspectExpectedPaths(
  command: Extract<CaseDefinition['command'], { kind: 'inspect' }>,
  options: Inspecting,
): Promise<Observation['files']> {
  const expected = expectedFiles(options);
  if (expected.length === 0) return undefined;
  const image = parseEnvironment(options.config.env);
  const replace = (text: string): string =>
    options.expand?.words === true ? expandVariables(text, (name) => image[name] ?? '') : text;
  return inspectPaths(listWantedPaths(expected, replace), filesOf(command, options));
}

function capture(lines: readonly string[], limit: number): Observation['stdout'] {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return captureBytes(bytes.subarray(0, limit), bytes.length);
}

async function inspectPrograms({ root, platform }: InspectOptions): Promise<Inspection> {
  const report = await auditRootfs(root, platform);
  const { problems, notes } = describeAudit(report, platform);
  const remarks = [
    ...(notes.length === 0 ? [] : [count(notes.length, 'remark')]),
    ...(report.unreadable === 0 ? [] : [`${report.unreadable} unreadable`]),
  ];
  return {
    stdout: problems,
    stderr: notes,
    note: [`${report.elfFiles} programs and libraries`, ...remarks].join(', '),
  };
}

async function inspectFiles(options: InspectOptions): Promise<Inspection> {
  const description = await describeTree(await listAll(options), options.platform);
  const { lines, leftOut, unreadable } = description;
  const total = (what: LeftOut['what']): number =>
    leftOut
      .filter((group) => group.what === what)
      .reduce((sum, { paths }) => sum + paths.length, 0);
  const [paths, contents] = [total('path'), total('content')];
  const note = [
    count(description.paths, 'path'),
    ...(description.packages === 0 ? [] : [count(description.packages, 'package')]),
    ...(paths === 0 ? [] : [`${paths} left out`]),
    ...(contents === 0 ? [] : [`${contents} without content`]),
    ...(unreadable.length === 0 ? [] : [`${unreadable.length} unreadable`]),
  ];
  return {
    stdout: lines,
    stderr: [
      ...leftOut.map(describeLeftOut),
      ...(unreadable.length === 0 ? [] : [`unreadable: ${shorten(unreadable)}`]),
    ],
    note: note.join(', '),
  };
}

function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

const LEFT_OUT_WORDS: Readonly<Record<LeftOut['what'], string>> = {
  path: 'left out',
  content: 'content not compared',
  package: 'package left out',
};

function describeLeftOut({ what, reason, paths }: LeftOut): string {
  return `${LEFT_OUT_WORDS[what]} (${reason}): ${shorten(paths)}`;
}

function shorten(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN_PATHS).join(' ');
  const more = paths.length - SHOWN_PATHS;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** The whole tree with the owners that the image knows; what only the lane may read comes from its agent. */
async function listAll({
  root,
  layoutDir,
  client,
  maps,
}: InspectOptions): Promise<DescribedEntry[]> {
  const closed: string[] = [];
  const listed = await listTree(root, { onUnreadable: (path) => void closed.push(path) });
  const base = root.replace(/\/+$/, '');
  const open = listed.map((entry): DescribedEntry => ({
    ...entry,
    uid: toInner(entry.uid, maps?.uidMaps),
    gid: toInner(entry.gid, maps?.gidMaps),
    ...(entry.isReadable ? {} : { load: () => client.get(entry.hostPath).catch(() => undefined) }),
  }));
  const hidden = await Promise.all(
    closed.map(async (directory) => {
      const entries = await client.tree(`${base}${directory}`).catch(() => []);
      return entries.flatMap((entry) => toDescribed(entry, directory, base));
    }),
  );
  const devices = layoutDir === undefined ? undefined : await readDevices(layoutDir);
  return [...open, ...hidden.flat()].map((entry) => restoreDevice(entry, devices?.get(entry.path)));
}

/** The device of an image whose place an empty file holds: without privileges none can be made. */
function restoreDevice(entry: DescribedEntry, node: DeviceNode | undefined): DescribedEntry {
  if (node === undefined) return entry;
  const { path, hostPath } = entry;
  return { ...node, path, hostPath, size: 0, isElf: false, isReadable: true };
}

function toDescribed(entry: AgentEntry, directory: string, base: string): DescribedEntry[] {
  const path = `${directory === '/' ? '' : directory}${entry.path}`;
  const { type, mode, uid, gid, size, linkTarget, content } = toChangedFile(entry, path);
  if (type === 'removed' || type === 'missing') return [];
  const bytes = content === undefined || content.truncated ? undefined : capturedBuffer(content);
  return [
    {
      path,
      hostPath: `${base}${path}`,
      type,
      mode,
      uid,
      gid,
      size,
      isElf:
        content !== undefined && capturedBuffer(content).toString('latin1', 0, 4) === '\x7fELF',
      isReadable: false,
      ...(linkTarget === undefined ? {} : { linkTarget }),
      ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256 }),
      load: () => Promise.resolve(bytes),
    },
  ];
}
