import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ArchParityError,
  caseOn,
  hostPlatform,
  platformFacts,
  usageError,
  type CaseDefinition,
  type LaneKind,
  type Platform,
} from '../core/index.ts';
import { readElf, resolveInRoot } from '../image/index.ts';
import {
  DEFAULT_PATH,
  findProgram,
  parseEnvironment,
  type Interactive,
  type Lane,
  type ServiceConnection,
} from '../lanes/index.ts';
import {
  createExec,
  findTool,
  requireTool,
  startAttached,
  type AttachedProcess,
} from '../process/index.ts';
import { commandWords, interactiveAsCase, requirePrepared } from './repro/case-command.ts';
import {
  openReproLane,
  prepareRepro,
  type PreparedRepro,
  type ReproRequest,
} from './repro/prepare-repro.ts';
import { requireStarting } from './repro/rerun-case.ts';

export interface DebugRequest extends ReproRequest {
  /** A core dump of the case's program, instead of a new run. */
  readonly core?: string;
  /** Nobody types: the debugger says where the program stopped, and ends. */
  readonly isBatch: boolean;
  readonly onOutput: (stream: 'stdout' | 'stderr', data: Buffer) => void;
  /** Told before the debugger gets our terminal: Ctrl-C is its own from then on. */
  readonly onTerminalTaken: () => void;
}

/** On the loopback interface of a network namespace that nobody else has. */
const PORT = 61_234;
const CONNECTS_WITHIN_MS = 60_000;
const RETRY_MS = 50;

/** What QEMU says of its own end is no output of the program's. */
const LAST_WORDS = 'qemu: QEMU: Terminated via GDBstub\n';

/** What the debugger finds here of the case's program. */
interface DebuggedProgram {
  readonly file: string;
  /** What its libraries are looked for in. */
  readonly sysroot: string;
}

/** Some distributions have one gdb for all machines, some one for each and another for all. */
async function findDebugger(
  platform: Platform,
  { logger }: Pick<DebugRequest, 'logger'>,
): Promise<string> {
  const multi = findTool('gdb-multiarch');
  const own = findTool('gdb');
  if (own !== undefined && platform === hostPlatform()) return own;
  if (multi !== undefined || own === undefined) return multi ?? requireTool('gdb-multiarch');
  const exec = createExec(logger === undefined ? {} : { logger });
  const { uname } = platformFacts(platform);
  const args = ['-nx', '-batch', '-ex', `set architecture ${uname}`];
  const { exitCode, stderr } = await exec(own, args, { timeoutMs: 20_000 });
  const knows = exitCode === 0 && !stderr.includes('Undefined item');
  return knows ? own : requireTool('gdb-multiarch');
}

/** What of the program and its libraries lies on this machine. */
async function locateProgram(definition: CaseDefinition, lane: Lane): Promise<DebuggedProgram> {
  const { subject } = definition;
  const { fingerprint, kind, platform } = lane.info;
  if (subject.kind === 'binary') {
    const file = subject.paths[platform] ?? '';
    if (kind === 'emulated' || readElf(file).isStatic)
      return { file, sysroot: fingerprint['sysroot'] ?? '/' };
    // The server beside the program hands its libraries over.
    return { file, sysroot: 'target:' };
  }
  const { config, root } = await lane.imageRoot(subject.reference);
  const [name = ''] = await commandWords(definition, lane);
  const path = definition.env['PATH'] ?? parseEnvironment(config.env)['PATH'] ?? DEFAULT_PATH;
  const program = findProgram(name, root, path);
  const file = resolveInRoot(root, program)?.hostPath;
  if (file !== undefined) return { file, sysroot: root };
  throw usageError(
    'GDB_NEEDS_PROGRAM',
    `The image has no program "${name}".`,
    'Look around in it with --shell.',
  );
}

/** Whether the recorded run died of a signal: then it is run until it does again. */
function crashed({ chosen }: PreparedRepro): boolean {
  return chosen.recorded?.observation.termination.kind === 'signal';
}

/** The debugger's commands before the user's. Source: the manual of GDB, "Remote Debugging". */
function gdbArguments(
  { file, sysroot }: DebuggedProgram,
  prepared: PreparedRepro,
  { core, isBatch }: DebugRequest,
): string[] {
  const { cwd } = prepared.recorded.start;
  const suite = prepared.definition.position?.file;
  const sources = new Set([cwd, ...(suite === undefined ? [] : [dirname(suite)])]);
  const debug = [
    ...(sysroot.startsWith('/') ? [join(sysroot, 'usr/lib/debug')] : []),
    '/usr/lib/debug',
  ];
  const commands = [
    `set sysroot ${sysroot}`,
    `set debug-file-directory ${debug.join(':')}`,
    ...(isBatch ? ['set pagination off', 'set confirm off'] : []),
  ];
  // Its channel to the case is its descriptor 3. Ctrl-C is for the debugger alone.
  const remote = ['target remote | trap "" INT; cat <&3 & exec cat >&3'];
  const start = crashed(prepared) ? ['continue', 'backtrace'] : ['tbreak main', 'continue'];
  const last = core === undefined ? [...remote, ...start] : ['backtrace'];
  return [
    '-q',
    ...(isBatch ? ['-batch'] : []),
    ...commands.flatMap((command) => ['-iex', command]),
    ...[...sources].flatMap((directory) => ['-d', directory]),
    file,
    ...(core === undefined ? [] : [core]),
    ...last.flatMap((command) => ['-ex', command]),
  ];
}

/** Connects to the program's debugging server as soon as it listens. */
async function connect(
  interactive: Interactive,
  cancelSignal: AbortSignal,
): Promise<ServiceConnection> {
  const deadline = performance.now() + CONNECTS_WITHIN_MS;
  const ended = interactive.attempt.then((attempt) => {
    requirePrepared(attempt);
    return 'ended' as const;
  });
  ended.catch(() => undefined);
  for (;;) {
    cancelSignal.throwIfAborted();
    const connection = interactive.connect(PORT);
    const isOpen = await connection.opened.then(
      () => true,
      () => false,
    );
    if (isOpen) return connection;
    const state = await Promise.race([ended, delay(RETRY_MS)]);
    if (state === 'ended' || performance.now() > deadline)
      throw new ArchParityError({
        code: 'GDB_NOT_REACHED',
        message: 'The program ended, or did not wait, before a debugger could be connected to it.',
        advice: 'Run archparity repro without --gdb: it says how the case ends.',
      });
  }
}

async function feedStdin({ stdin }: CaseDefinition, interactive: Interactive): Promise<void> {
  if (stdin !== undefined)
    await interactive.write('text' in stdin ? Buffer.from(stdin.text) : await readFile(stdin.file));
  interactive.end();
}

/** The two ends of a debugging session, and the program between them. */
interface Bridge {
  readonly channel: Duplex;
  readonly connection: ServiceConnection;
  readonly interactive: Interactive;
}

/** How gdb asks for a stop (its manual, "Interrupts"). */
const INTERRUPT = 0x03;

/**
 * Passes on what a debugger and its server say. An emulator does not listen while its guest runs (QEMU 7.2): it stops
 * at a signal that the guest gets.
 */
function bridge({ channel, connection, interactive }: Bridge, kind: LaneKind): void {
  channel.on('data', (data: Buffer) => {
    const isInterrupt = data.length === 1 && data[0] === INTERRUPT;
    if (isInterrupt && kind === 'emulated')
      interactive.signal(constants.signals.SIGINT, { alone: true });
    else connection.write(data);
  });
  channel.on('end', () => {
    connection.end();
  });
  connection.pipe(channel);
}

/** Gives our terminal to the debugger; it ends when we are to. */
async function startDebugger(
  gdb: string,
  args: readonly string[],
  { cancelSignal, channels, logger, onTerminalTaken }: DebugRequest & { readonly channels: number },
): Promise<AttachedProcess> {
  cancelSignal.throwIfAborted();
  onTerminalTaken();
  const child = await startAttached(gdb, args, {
    channels,
    ...(logger === undefined ? {} : { logger }),
  });
  const end = (): void => void child.kill();
  if (cancelSignal.aborted) end();
  cancelSignal.addEventListener('abort', end, { once: true });
  return child;
}

async function runDebugger(
  prepared: PreparedRepro,
  { gdb, lane }: { readonly gdb: string; readonly lane: Lane },
  request: DebugRequest,
): Promise<number> {
  const { cancelSignal, onOutput } = request;
  const definition = caseOn(prepared.definition, lane.info.platform);
  const program = await locateProgram(definition, lane);
  const args = gdbArguments(program, prepared, request);
  if (request.core !== undefined) {
    const { exited } = await startDebugger(gdb, args, { ...request, channels: 0 });
    return (await exited).exitCode ?? 1;
  }
  let isOver = false;
  const interactive = await lane.interact({
    ...interactiveAsCase(definition),
    command: definition.command,
    debugPort: PORT,
    onOutput: (stream, data) => {
      if (!isOver && data.toString() !== LAST_WORDS) onOutput(stream, data);
    },
  });
  try {
    const connection = await connect(interactive, cancelSignal);
    void feedStdin(definition, interactive).catch(() => undefined);
    const child = await startDebugger(gdb, args, { ...request, channels: 1 });
    const [channel] = child.channels;
    if (channel !== undefined) bridge({ channel, connection, interactive }, lane.info.kind);
    const { exitCode } = await child.exited;
    isOver = true;
    return exitCode ?? 1;
  } finally {
    interactive.kill();
    await interactive.attempt.catch(() => undefined);
  }
}

/**
 * Runs a recorded case under gdb, with its symbols and libraries set: a case that crashed runs until it does again,
 * another stops at its main function.
 * @returns the debugger's exit code
 * @throws ArchParityError as `reproduceCase`, `TOOL_MISSING`, `GDB_…`, `WATCH_UNSUPPORTED`
 */
export async function debugCase(request: DebugRequest): Promise<number> {
  const { core } = request;
  if (core !== undefined && !existsSync(core))
    throw usageError('CORE_NOT_FOUND', `There is no core dump ${core}.`, 'Check the path.');
  const prepared = await prepareRepro(request);
  try {
    requireStarting(prepared.definition);
    const gdb = await findDebugger(prepared.chosen.platform, request);
    const { lane } = await openReproLane(prepared, request);
    try {
      const exitCode = await runDebugger(prepared, { gdb, lane }, request);
      request.cancelSignal.throwIfAborted();
      return exitCode;
    } finally {
      await lane.close();
    }
  } finally {
    await prepared.close();
  }
}
