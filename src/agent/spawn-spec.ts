import { FieldWriter, SpawnFlag, SpecTag } from './protocol.ts';

/** A mount operation; `mounts.c` lists them. */
export type MountOperation =
  | { readonly kind: 'tmpfs'; readonly target: string; readonly options: string }
  | {
      readonly kind: 'proc' | 'binfmt' | 'cgroup2' | 'readonly';
      readonly target: string;
    }
  /** A /dev with the usual nodes and nothing else of the machine's; `terminals` are mounted in it. */
  | { readonly kind: 'devices'; readonly target: string }
  /** Terminals and shared memory of a spawn's own, in a /dev that `devices` made. */
  | { readonly kind: 'terminals'; readonly target: string }
  /** Makes a path read-only, or covers it; nothing happens where there is no such path. */
  | { readonly kind: 'protect' | 'mask'; readonly target: string }
  /** Takes off what the lane has mounted there, before the sources of the operations after it are opened. */
  | { readonly kind: 'uncover'; readonly target: string }
  /** Takes away what is mounted there, or a file, link or empty directory; nothing happens where there is none. */
  | { readonly kind: 'unmount' | 'remove'; readonly target: string }
  /** From here on of a tree of that path only what has changed is reported, as an overlay would show it. */
  | { readonly kind: 'remember'; readonly target: string }
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readonly: boolean;
    }
  | { readonly kind: 'overlay'; readonly target: string; readonly options: string }
  | { readonly kind: 'mkdir'; readonly path: string; readonly mode: number; readonly owner?: Owner }
  | { readonly kind: 'write'; readonly path: string; readonly content: string }
  | { readonly kind: 'symlink'; readonly destination: string; readonly path: string }
  | {
      readonly kind: 'copy';
      readonly source: string;
      readonly target: string;
      readonly owner?: Owner;
    }
  | { readonly kind: 'rename'; readonly source: string; readonly target: string }
  /** Sets the times of access and modification. */
  | { readonly kind: 'touch'; readonly path: string; readonly modifiedMs: number }
  /** A file system on a block device, read-only. */
  | {
      readonly kind: 'filesystem';
      readonly type: string;
      readonly source: string;
      readonly target: string;
    };

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface ResourceLimit {
  /** Number of the resource as in `<sys/resource.h>` (the same on every platform we run on). */
  readonly resource: number;
  readonly soft: bigint;
  readonly hard: bigint;
}

/** What an init of the agent does: mounts, identity, limits, command, deadline. */
export interface SpawnSpec {
  readonly argv: readonly string[];
  /** File to execute when it is not `argv[0]`. */
  readonly executable?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Becomes `/` of the command and of its setup and teardown, after the mounts. */
  readonly root?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
  readonly umask?: number;
  readonly limits?: readonly ResourceLimit[];
  readonly deadlineMs?: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  readonly terminal?: { readonly rows: number; readonly columns: number };
  /** Of all processes together, those of the launcher and of inits included; where `AgentHello.limits`. */
  readonly memoryMaxBytes?: number;
  readonly pidsMax?: number;
  /** Processors to run on. */
  readonly affinity?: readonly number[];
  readonly repeat?: number;
  readonly namespaces?: readonly ('pid' | 'mount' | 'net' | 'ipc' | 'uts')[];
  readonly hostname?: string;
  readonly mounts?: readonly MountOperation[];
  /** Directories that are reported when the command has ended; their index is the entry's label. */
  readonly trees?: readonly string[];
  /** Bytes forwarded of each output stream; what is beyond is counted and dropped. */
  readonly outputLimit?: number;
  readonly stdin?: 'pipe' | 'null';
  /** What the command prints goes to /dev/null. */
  readonly discardsOutput?: boolean;
  /** The kernel places the command's memory at the same addresses each time. */
  readonly fixedAddresses?: boolean;
  /** uid and gid that the subject sees for the one user that it has. */
  readonly userMap?: Owner;
  /** Bit mask of the capabilities that stay. */
  readonly capabilities?: bigint;
  readonly setup?: readonly (readonly string[])[];
  /** A step that ends badly does not keep the command from running, and nothing that a step leaves running does. */
  readonly independentSetup?: boolean;
  readonly teardown?: readonly (readonly string[])[];
  /** The subject takes the init's place (and its pid) instead of being its child. */
  readonly inPlace?: boolean;
  /** A launcher that ends by itself what it started elsewhere: nobody kills it, it is asked by SIGTERM. */
  readonly lasting?: boolean;
  /** Nobody waits for what it says before its subject's end: the agent may keep it until then. */
  readonly quiet?: boolean;
  /** Its PID namespace has 8,192 processes at most, where that can be said of one (since Linux 6.14). */
  readonly boundsProcesses?: boolean;
  /** Id of a spawn whose network namespace this one joins; that spawn must live until this one has started. */
  readonly networkOf?: number;
  /**
   * Id of a running spawn whose innermost init starts this one beside its subject, in the same namespaces. It has
   * none of its own, and ends with that spawn at the latest.
   */
  readonly inside?: number;
  /**
   * With `inside`: no command, but a connection to this TCP port on the loopback interface there. Its bytes are the
   * spawn's stdin and stdout; `argv` is empty.
   */
  readonly connect?: number;
  /** With `connect`: an IP address to connect to instead. */
  readonly address?: string;
  /** With `connect`: by UDP; each piece of its stdin is a datagram. */
  readonly datagrams?: boolean;
  /**
   * With `inside`: no command, but what runs there is told on stdout, line by line (look.c), or what lies at the path
   * that is the only word of `argv`.
   */
  readonly look?: boolean;
  /** `argv` is a launcher (crun) that starts the agent's `init` inside a container: its spec. */
  readonly inner?: Omit<SpawnSpec, 'inner' | 'namespaces'>;
}

function mountWords(operation: MountOperation): string[] {
  const owner = (from?: Owner): string[] =>
    from === undefined ? [] : [String(from.uid), String(from.gid)];
  switch (operation.kind) {
    case 'tmpfs':
    case 'overlay':
      return [operation.kind, operation.target, operation.options];
    case 'proc':
    case 'binfmt':
    case 'cgroup2':
    case 'devices':
    case 'readonly':
    case 'protect':
    case 'mask':
    case 'terminals':
    case 'uncover':
    case 'unmount':
    case 'remove':
    case 'remember':
      return [operation.kind, operation.target];
    case 'bind':
      return ['bind', operation.source, operation.target, operation.readonly ? 'ro' : 'rw'];
    case 'mkdir':
      return ['mkdir', operation.path, operation.mode.toString(8), ...owner(operation.owner)];
    case 'write':
      return ['write', operation.path, operation.content];
    case 'symlink':
      return ['symlink', operation.destination, operation.path];
    case 'rename':
      return ['rename', operation.source, operation.target];
    case 'touch': {
      const seconds = Math.floor(operation.modifiedMs / 1000);
      const nanoseconds = Math.floor((operation.modifiedMs - seconds * 1000) * 1e6);
      return ['touch', operation.path, String(seconds), String(nanoseconds)];
    }
    case 'filesystem':
      return ['filesystem', operation.type, operation.source, operation.target];
    case 'copy':
      return ['copy', operation.source, operation.target, ...owner(operation.owner)];
  }
}

/** The operations as the payload of a mount request. */
export function encodeMounts(
  operations: readonly MountOperation[],
  writer: FieldWriter = new FieldWriter(),
): FieldWriter {
  for (const operation of operations) writer.list(SpecTag.mount, mountWords(operation));
  return writer;
}

function spawnFlags(spec: SpawnSpec, barrier: boolean): number {
  const namespaces = new Set(spec.namespaces ?? []);
  return (
    (namespaces.has('pid') ? SpawnFlag.newPid : 0) |
    (namespaces.has('mount') ? SpawnFlag.newMount : 0) |
    (namespaces.has('net') ? SpawnFlag.newNet : 0) |
    (namespaces.has('ipc') ? SpawnFlag.newIpc : 0) |
    (namespaces.has('uts') ? SpawnFlag.newUts : 0) |
    (spec.inner === undefined ? 0 : SpawnFlag.launcher) |
    (spec.stdin === 'null' ? SpawnFlag.stdinNull : 0) |
    (spec.inPlace === true ? SpawnFlag.inPlace : 0) |
    (barrier ? SpawnFlag.barrier : 0) |
    (spec.lasting === true ? SpawnFlag.lasting : 0) |
    (spec.quiet === true ? SpawnFlag.quiet : 0) |
    (spec.discardsOutput === true ? SpawnFlag.outputNull : 0) |
    (spec.fixedAddresses === true ? SpawnFlag.fixedAddresses : 0) |
    (spec.independentSetup === true ? SpawnFlag.independentSetup : 0) |
    (spec.datagrams === true ? SpawnFlag.datagrams : 0) |
    (spec.look === true ? SpawnFlag.look : 0) |
    (spec.boundsProcesses === true ? SpawnFlag.boundProcesses : 0)
  );
}

function writeIdentity(writer: FieldWriter, spec: SpawnSpec): void {
  if (spec.uid !== undefined) writer.u32(SpecTag.uid, spec.uid);
  if (spec.gid !== undefined) writer.u32(SpecTag.gid, spec.gid);
  if (spec.groups !== undefined) writer.u32(SpecTag.groups, ...spec.groups);
  if (spec.umask !== undefined) writer.u32(SpecTag.umask, spec.umask);
  if (spec.userMap !== undefined) writer.u32(SpecTag.userMap, spec.userMap.uid, spec.userMap.gid);
  if (spec.capabilities !== undefined) writer.u64(SpecTag.capabilities, spec.capabilities);
}

function writeLimits(writer: FieldWriter, spec: SpawnSpec): void {
  for (const limit of spec.limits ?? []) {
    const data = Buffer.allocUnsafe(20);
    data.writeUInt32BE(limit.resource, 0);
    data.writeBigUInt64BE(limit.soft, 4);
    data.writeBigUInt64BE(limit.hard, 12);
    writer.bytes(SpecTag.rlimit, data);
  }
  if (spec.deadlineMs !== undefined)
    writer.u64(SpecTag.deadlineMs, BigInt(Math.ceil(spec.deadlineMs)));
  if (spec.graceMs !== undefined) writer.u32(SpecTag.graceMs, spec.graceMs);
  if (spec.memoryMaxBytes !== undefined) writer.u64(SpecTag.memoryMax, BigInt(spec.memoryMaxBytes));
  if (spec.pidsMax !== undefined) writer.u64(SpecTag.pidsMax, BigInt(spec.pidsMax));
  if (spec.affinity !== undefined) writer.u32(SpecTag.affinity, ...spec.affinity);
  if (spec.repeat !== undefined) writer.u32(SpecTag.repeat, spec.repeat);
  if (spec.outputLimit !== undefined) writer.u64(SpecTag.outputLimit, BigInt(spec.outputLimit));
}

/** A spec as the payload of a spawn request. */
export function encodeSpawn(
  spec: SpawnSpec,
  // The inner init of a launcher that lasts reads its trees itself.
  barrier = spec.lasting !== true && (spec.inner?.teardown ?? []).length > 0,
): Buffer {
  const writer = new FieldWriter();
  for (const word of spec.argv) writer.text(SpecTag.argv, word);
  for (const [name, value] of Object.entries(spec.env ?? {}))
    writer.text(SpecTag.env, `${name}=${value}`);
  if (spec.executable !== undefined) writer.text(SpecTag.executable, spec.executable);
  if (spec.cwd !== undefined) writer.text(SpecTag.cwd, spec.cwd);
  if (spec.root !== undefined) writer.text(SpecTag.root, spec.root);
  if (spec.hostname !== undefined) writer.text(SpecTag.hostname, spec.hostname);
  if (spec.terminal !== undefined)
    writer.u32(SpecTag.terminal, spec.terminal.rows, spec.terminal.columns);
  writeIdentity(writer, spec);
  writeLimits(writer, spec);
  encodeMounts(spec.mounts ?? [], writer);
  if (spec.networkOf !== undefined) writer.u32(SpecTag.networkOf, spec.networkOf);
  if (spec.inside !== undefined) writer.u32(SpecTag.inside, spec.inside);
  if (spec.connect !== undefined) writer.u32(SpecTag.connect, spec.connect);
  if (spec.address !== undefined) writer.text(SpecTag.address, spec.address);
  for (const tree of spec.trees ?? []) writer.text(SpecTag.tree, tree);
  for (const step of spec.setup ?? []) writer.list(SpecTag.setup, step);
  for (const step of spec.teardown ?? []) writer.list(SpecTag.teardown, step);
  writer.u32(SpecTag.flags, spawnFlags(spec, barrier));
  if (spec.inner !== undefined) writer.bytes(SpecTag.inner, encodeSpawn(spec.inner, barrier));
  return writer.finish();
}
