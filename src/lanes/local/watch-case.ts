import { AgentRequestError, type AgentClient, type MountOperation } from '../../agent/index.ts';
import { ArchParityError, type Subject, type SystemCallTrace } from '../../core/index.ts';
import {
  TOOLS_DIRECTORY,
  TRACE_DIRECTORY,
  TRACE_FILE,
  type Instrument,
} from '../attempt/instrument.ts';
import { DEFAULT_PATH } from '../environment.ts';
import { registerHandler } from '../emulated/register-handler.ts';
import { gatherTool } from '../tools/portable-tool.ts';
import {
  gdbserverInstrument,
  gdbstubInstrument,
  straceInstrument,
  TRACE_LIMIT,
  TRACES,
} from '../tools/watchers.ts';
import { TRACE_END, TraceGatherer } from './gather-trace.ts';
import type { SpawnContext } from './prepare-spawn.ts';

/** A trace that is being made. */
export interface TraceSession {
  readonly instrument: Instrument;
  /** What was traced, once the case has ended. */
  finish(): Promise<SystemCallTrace>;
  /** Puts away what the lane has for it. */
  close(): Promise<void>;
}

const ENV = { PATH: DEFAULT_PATH };

function unsupported(what: string, why: string): ArchParityError {
  return new ArchParityError({
    code: 'WATCH_UNSUPPORTED',
    message: `The lane cannot ${what} here: ${why}.`,
    advice: 'archparity doctor says what is missing.',
  });
}

/** Gives the lane a place of its own for what watches cases; all else of its /dev stays as it is. */
async function place(
  { parts, subjects }: SpawnContext,
  subject: Subject,
  operations: readonly MountOperation[],
): Promise<AgentClient> {
  const { client } = parts.opened.agent;
  // A daemon of this machine sees nothing of what the lane mounts.
  if (subject.kind === 'image' && (await parts.engine.place([])).kind === 'docker')
    throw unsupported('watch commands', 'docker runs its images');
  // It would be covered later otherwise.
  if (subject.kind === 'binary') await subjects.cover();
  await client.mount([
    { kind: 'devices', target: '/dev' },
    { kind: 'bind', source: '/dev/shm', target: '/dev/shm', readonly: false },
    ...operations,
  ]);
  return client;
}

const TRACE_PLACE: readonly MountOperation[] = [
  { kind: 'mkdir', path: TRACE_DIRECTORY, mode: 0o755 },
  { kind: 'tmpfs', target: TRACE_DIRECTORY, options: `mode=1777,size=${String(TRACE_LIMIT)}` },
];

/**
 * Makes the next command of a lane traced.
 * @throws ArchParityError `WATCH_UNSUPPORTED`, `TOOL_MISSING`
 */
export async function startTrace(context: SpawnContext, subject: Subject): Promise<TraceSession> {
  const { info, opened } = context.parts;
  if (opened.maps === undefined)
    throw unsupported('trace system calls', opened.reason ?? 'there are no namespaces');
  return info.kind === 'native' ? traceNative(context, subject) : traceEmulated(context, subject);
}

async function traceNative(context: SpawnContext, subject: Subject): Promise<TraceSession> {
  const tool = await gatherTool('strace', context.parts);
  const client = await place(context, subject, [
    { kind: 'bind', source: tool.directory, target: TOOLS_DIRECTORY, readonly: true },
    ...TRACE_PLACE,
  ]);
  return {
    instrument: straceInstrument(tool.words, { tools: TOOLS_DIRECTORY, traces: TRACE_DIRECTORY }),
    finish: () => readTraceFile(client, TRACE_FILE),
    close: () => Promise.resolve(),
  };
}

/**
 * What strace has written; nothing where the command was never started.
 * @throws ArchParityError `TRACE_UNREADABLE`, `AGENT_LOST`
 */
export async function readTraceFile(client: AgentClient, file: string): Promise<SystemCallTrace> {
  const content = await client.get(file).catch((cause: unknown) => {
    if (!(cause instanceof AgentRequestError)) throw cause;
    if (cause.failure.errno === 'ENOENT') return Buffer.alloc(0);
    // The case may write where its trace lies.
    throw new ArchParityError({
      code: 'TRACE_UNREADABLE',
      message: `What was traced cannot be read: ${cause.message}.`,
      cause,
    });
  });
  return {
    format: 'strace',
    text: content.toString(),
    truncated: content.length >= TRACE_LIMIT,
  };
}

/**
 * A QEMU that logs what its guests ask of the kernel becomes the handler of the lane. All of its processes write
 * to one pipe: a file would be emptied by each program that is executed.
 */
async function traceEmulated(context: SpawnContext, subject: Subject): Promise<TraceSession> {
  const { info, tracingQemu, translation, verify } = context.parts;
  if (translation.kind !== 'private' || tracingQemu === undefined)
    throw unsupported('trace system calls', `it has no binfmt_misc of its own (${info.mode})`);
  // Its witness knows the QEMU without the log alone.
  await verify();
  const qemu = await tracingQemu(TRACE_FILE);
  const client = await place(context, subject, TRACE_PLACE);
  const made = await client.run({ argv: ['mkfifo', '-m', '666', TRACE_FILE], env: ENV });
  if (made.exits[0]?.code !== 0) throw unsupported('trace system calls', 'there is no mkfifo');
  const gatherer = new TraceGatherer(TRACE_LIMIT);
  const ended = Promise.withResolvers<undefined>();
  // Open for writing, too: it is never told of an end while programs come and go.
  const reader = client.spawn(
    { argv: ['sh', '-c', 'exec cat <>"$1"', 'sh', TRACE_FILE], env: ENV },
    {
      onOutput: (_stream, data) => {
        if (gatherer.push(data)) ended.resolve(undefined);
      },
    },
  );
  const stop = async (): Promise<void> => {
    reader.kill();
    await reader.outcome.catch(() => undefined);
  };
  reader.outcome.then(
    () => ended.resolve(undefined),
    () => ended.resolve(undefined),
  );
  await registerHandler(client, info.platform, qemu, '-trace');
  return {
    instrument: { binds: [TRACES] },
    finish: async () => {
      const argv = ['sh', '-c', 'printf %s "$1" >"$2"', 'sh', TRACE_END, TRACE_FILE];
      await client.run({ argv, env: ENV });
      await ended.promise;
      return gatherer.trace;
    },
    close: stop,
  };
}

/**
 * What lets a command be debugged from outside.
 * @throws ArchParityError `WATCH_UNSUPPORTED`, `TOOL_MISSING`
 */
export async function debugInstrument(
  context: SpawnContext,
  { subject, port }: { readonly subject: Subject; readonly port: number },
): Promise<Instrument> {
  const { info, opened, translation } = context.parts;
  if (opened.maps === undefined)
    throw unsupported('debug programs', opened.reason ?? 'there are no namespaces');
  if (info.kind === 'native') {
    const tool = await gatherTool('gdbserver', context.parts);
    await place(context, subject, [
      { kind: 'bind', source: tool.directory, target: TOOLS_DIRECTORY, readonly: true },
    ]);
    return gdbserverInstrument(tool.words, port, TOOLS_DIRECTORY);
  }
  if (translation.kind !== 'private' && translation.kind !== 'prefix')
    throw unsupported('debug programs', 'its emulator is the host’s');
  const target = `${TOOLS_DIRECTORY}/qemu`;
  await place(context, subject, [
    { kind: 'bind', source: translation.qemu, target, readonly: true },
  ]);
  return gdbstubInstrument(target, port);
}
