import { basename, dirname } from 'node:path';
import type { MountOperation, Owner, SpawnSpec } from '../../agent/index.ts';
import type { CaseDefinition } from '../../core/index.ts';
import {
  binaryEnvironment,
  CONTAINER_CAPABILITY_MASK,
  DEFAULT_PATH,
  LANE_HOSTNAME,
  LANE_UMASK,
  MASKED_PATHS,
  READONLY_PATHS,
  RUN_DIRECTORY,
} from '../environment.ts';
import type { Translation } from './translation.ts';
import { isInside, type BinarySubject } from './subject.ts';
import { watchBinary, type Instrument } from './instrument.ts';
import type { UserMaps } from '../local/user-maps.ts';

/** What the private /tmp of a binary's case holds. */
const HOME = '/tmp/archparity';
const WORK = `${HOME}/work`;
const BIN = `${HOME}/bin`;

export interface BinaryRun {
  readonly subject: BinarySubject;
  readonly command: CaseDefinition['command'];
  readonly env: Readonly<Record<string, string>>;
  readonly fixtures: readonly string[];
  readonly setup: readonly (readonly string[])[];
  readonly teardown: readonly (readonly string[])[];
  readonly network: 'none' | 'host';
  readonly workdir?: string;
  /** The caller's own directory instead of a fresh one (`archparity run`). */
  readonly callerDirectory?: string;
  readonly writable: readonly string[];
  readonly terminal?: { readonly rows: number; readonly columns: number };
  readonly reportFiles: boolean;
  /** Paths of the lane itself that the subject needs: the emulator, a sysroot. */
  readonly needed: readonly string[];
  readonly instrument?: Instrument;
  /** Who covers /run: the lane has, or the case does. Absent = nobody, on a machine of our own. */
  readonly hidesRun?: 'lane' | 'case';
  /** The lane has a /dev that is shielded already, and has covered what is masked outside of /proc. */
  readonly isShielded?: boolean;
}

/** What a private /tmp or /dev, or an empty /run would hide and the subject needs. */
function keptPaths(run: BinaryRun): string[] {
  const hidden = [
    ...(run.callerDirectory === undefined ? ['/tmp'] : []),
    ...['/dev', '/dev/shm'],
    ...(run.hidesRun === undefined ? [] : [RUN_DIRECTORY]),
  ];
  const program = run.subject.path;
  // A program right in /tmp is kept alone: its directory is the private one.
  const kept = hidden.includes(dirname(program)) ? program : dirname(program);
  const wanted = new Set([
    kept,
    ...(run.callerDirectory === undefined ? [] : [run.callerDirectory]),
    ...run.needed,
  ]);
  return [...wanted].filter(
    (path) => !hidden.includes(path) && hidden.some((directory) => isInside(path, directory)),
  );
}

/**
 * A /tmp of our own. For a command of the caller's it begins as the real one, so that files named on
 * the command line are found; what is written to it vanishes.
 */
function privateTmp(run: BinaryRun): MountOperation[] {
  const empty: MountOperation = { kind: 'tmpfs', target: '/tmp', options: 'mode=1777' };
  if (run.callerDirectory === undefined) return [empty];
  return [
    empty,
    { kind: 'bind', source: '/tmp', target: '/tmp/lower', readonly: true },
    { kind: 'mkdir', path: '/tmp/upper', mode: 0o1777 },
    { kind: 'mkdir', path: '/tmp/changes', mode: 0o700 },
    {
      kind: 'overlay',
      target: '/tmp',
      options: 'userxattr,lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/changes',
    },
  ];
}

/** Nothing in /run, or only what is kept of it. */
function emptyRun({ hidesRun }: BinaryRun, kept: readonly string[]): MountOperation[] {
  const target = RUN_DIRECTORY;
  if (hidesRun !== undefined && kept.some((path) => isInside(path, target)))
    return [
      ...(hidesRun === 'lane' ? [{ kind: 'uncover', target } as const] : []),
      { kind: 'tmpfs', target, options: 'mode=0755' },
    ];
  return hidesRun === 'case' ? [{ kind: 'mask', target }] : [];
}

/** The usual devices; of the machine's own /dev only what is kept of it. */
function devices({ isShielded }: BinaryRun, kept: readonly string[]): MountOperation[] {
  const target = '/dev';
  const terminals: MountOperation = { kind: 'terminals', target };
  if (isShielded !== true) return [{ kind: 'devices', target }, terminals];
  if (!kept.some((path) => isInside(path, target))) return [terminals];
  return [{ kind: 'uncover', target }, { kind: 'devices', target }, terminals];
}

/** What is masked for a case: what the lane has covered is covered. */
function masked({ isShielded }: BinaryRun): MountOperation[] {
  const paths = isShielded === true ? MASKED_PATHS.filter(isOfProc) : MASKED_PATHS;
  return paths.map((target) => ({ kind: 'mask', target }));
}

function isOfProc(path: string): boolean {
  return isInside(path, '/proc');
}

/** What a lane covers once for all of its binaries, so that no case has to. */
export function laneShield(): MountOperation[] {
  const outside = MASKED_PATHS.filter((path) => !isOfProc(path));
  return [
    { kind: 'devices', target: '/dev' },
    ...outside.map((target) => ({ kind: 'mask', target }) as const),
  ];
}

function binaryMounts(run: BinaryRun): MountOperation[] {
  const kept = keptPaths(run);
  const operations: MountOperation[] = [
    { kind: 'readonly', target: '/' },
    { kind: 'proc', target: '/proc' },
    ...privateTmp(run),
    // The device nodes of the machine take writes through a read-only mount, too, and where the subject
    // is the machine's root, so do its sysctls in a /proc of the case's own. Those of the network are
    // read-only for everybody, since the agent uses network namespaces again (networks.c).
    ...devices(run, kept),
    ...READONLY_PATHS.map((target) => ({ kind: 'protect', target }) as const),
    ...masked(run),
    ...emptyRun(run, kept),
  ];
  for (const path of kept)
    operations.push({ kind: 'bind', source: path, target: path, readonly: true });
  const { linkedLoader } = run.subject;
  if (linkedLoader !== undefined) {
    const { file, link } = linkedLoader;
    operations.push({ kind: 'bind', source: file, target: link, readonly: true });
  }
  for (const path of run.writable)
    operations.push({ kind: 'bind', source: path, target: path, readonly: false });
  operations.push({ kind: 'mkdir', path: WORK, mode: 0o755 });
  operations.push({
    kind: 'symlink',
    destination: run.subject.path,
    path: `${BIN}/${run.subject.name}`,
  });
  for (const fixture of run.fixtures) {
    operations.push({ kind: 'copy', source: fixture, target: `${WORK}/${basename(fixture)}` });
  }
  return operations;
}

function binaryArgv(run: BinaryRun): { argv: readonly string[]; executable?: string } {
  switch (run.command.kind) {
    case 'subject':
      return {
        argv: [run.subject.name, ...(run.command.args ?? [])],
        executable: run.subject.path,
      };
    case 'run':
      return { argv: run.command.argv };
    case 'shell':
      return { argv: ['sh', '-c', run.command.script] };
    case 'inspect':
      throw new TypeError('an inspection starts nothing');
  }
}

/** Who the subject is: the caller, with no power over the lane's mounts. */
function binaryIdentity(
  maps: Pick<UserMaps, 'kind'>,
  caller: Owner,
): Pick<SpawnSpec, 'userMap' | 'capabilities'> {
  return maps.kind === 'all' ? { capabilities: CONTAINER_CAPABILITY_MASK } : { userMap: caller };
}

/** A binary in namespaces of its own: the host's root read-only, a private /tmp, a fresh working directory. */
export function isolatedBinarySpawn(
  run: BinaryRun,
  maps: Pick<UserMaps, 'kind'>,
  translation: Translation,
): SpawnSpec {
  const { argv, executable } = binaryArgv(run);
  const caller = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  const spec: SpawnSpec = {
    argv,
    ...(executable === undefined ? {} : { executable }),
    env: { ...binaryEnvironment(HOME), PATH: `${DEFAULT_PATH}:${BIN}`, ...run.env },
    cwd: run.workdir ?? run.callerDirectory ?? WORK,
    umask: LANE_UMASK,
    hostname: LANE_HOSTNAME,
    namespaces: [
      'pid',
      'mount',
      'ipc',
      'uts',
      ...(run.network === 'none' ? (['net'] as const) : []),
    ],
    boundsProcesses: true,
    mounts: binaryMounts(run),
    setup: run.setup,
    teardown: run.teardown,
    ...(run.reportFiles ? { trees: [WORK] } : {}),
    ...(run.terminal === undefined ? {} : { terminal: run.terminal }),
    ...binaryIdentity(maps, caller),
  };
  // What watches the command brings its own emulator, if it needs one.
  const isPrefixed = translation.kind === 'prefix' && run.instrument?.wrap === undefined;
  return watchBinary(isPrefixed ? prefixed(spec, translation, run) : spec, run.instrument, BIN);
}

/** Fills the directory that a lane made for a binary without namespaces, as the private /tmp is filled. */
export function plainDirectory(
  { fixtures, subject }: Pick<BinaryRun, 'fixtures' | 'subject'>,
  directory: string,
): MountOperation[] {
  const work = `${directory}/work`;
  return [
    { kind: 'mkdir', path: work, mode: 0o755 },
    { kind: 'symlink', destination: subject.path, path: `${directory}/bin/${subject.name}` },
    ...fixtures.map((source): MountOperation => {
      return { kind: 'copy', source, target: `${work}/${basename(source)}` };
    }),
  ];
}

/** A binary without namespaces, in a directory that {@link plainDirectory} filled. */
export function plainBinarySpawn(
  run: BinaryRun,
  directory: string,
  translation: Translation,
): SpawnSpec {
  const { argv, executable } = binaryArgv(run);
  const work = `${directory}/work`;
  const spec: SpawnSpec = {
    argv,
    ...(executable === undefined ? {} : { executable }),
    env: { ...binaryEnvironment(directory), PATH: `${DEFAULT_PATH}:${directory}/bin`, ...run.env },
    cwd: run.workdir ?? run.callerDirectory ?? work,
    umask: LANE_UMASK,
    setup: run.setup,
    teardown: run.teardown,
    ...(run.reportFiles ? { trees: [work] } : {}),
    ...(run.terminal === undefined ? {} : { terminal: run.terminal }),
  };
  return translation.kind === 'prefix' ? prefixed(spec, translation, run) : spec;
}

/** `qemu -0 NAME PROGRAM ARGS`: only the subject itself is emulated, not what it executes. */
function prefixed(
  spec: SpawnSpec,
  translation: Extract<Translation, { kind: 'prefix' }>,
  run: BinaryRun,
): SpawnSpec {
  if (run.command.kind !== 'subject') return spec;
  const [name = run.subject.name, ...args] = spec.argv;
  return {
    ...spec,
    argv: [translation.qemu, '-0', name, run.subject.path, ...args],
    executable: translation.qemu,
  };
}
