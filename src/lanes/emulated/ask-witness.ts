import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentClient } from '../../agent/index.ts';
import { ArchParityError, platformFacts, type Platform } from '../../core/index.ts';
import { withCacheEntry, type CacheEntryOptions } from '../../store/index.ts';
import { witnessProgram } from './witness-programs.ts';

/** What the witness said, and who ran it. */
export interface WitnessAnswer {
  /** `uname -m` of its platform, as the program itself knows it. */
  readonly machine: string;
  /** MIDR_EL1 in hex on arm64, `-` elsewhere. */
  readonly cpuId: string;
  /** The file that the kernel really executed: the emulator behind the handler. */
  readonly executedBy: string;
}

/** Names the witness program of a platform by its content. */
function witnessKey(platform: Platform): string {
  return createHash('sha256').update(witnessProgram(platform)).digest('hex').slice(0, 24);
}

/** Where the witness of a platform lies as a file. */
export async function placeWitness(
  platform: Platform,
  options: Pick<CacheEntryOptions, 'cacheDir' | 'logger'>,
): Promise<string> {
  const program = witnessProgram(platform);
  const key = witnessKey(platform);
  const directory = await withCacheEntry({ ...options, kind: 'witness', key }, async (target) => {
    await writeFile(join(target, 'witness'), program, { mode: 0o755 });
  });
  return join(directory, 'witness');
}

/** What the witness wrote; `undefined` when something else wrote it. */
export function readWitness(said: string): Pick<WitnessAnswer, 'machine' | 'cpuId'> | undefined {
  const [, machine, cpuId] = /^archparity-witness (\S+) (\S+)\n$/.exec(said) ?? [];
  return machine === undefined || cpuId === undefined ? undefined : { machine, cpuId };
}

/** A witness that has nothing to say for so long will not say it. */
const WITNESS_DEADLINE_MS = 10_000;

export interface AskWitnessOptions {
  /** An emulator to run it with by hand. */
  readonly prefix?: string;
  /** Becomes its `/`: the path is one in there. */
  readonly root?: string;
}

/**
 * Runs the witness and looks at `/proc/PID/exe` while it waits.
 * @returns `undefined` when the kernel has no handler for it
 * @throws ArchParityError `WITNESS_FAILED`
 */
export async function askWitness(
  client: AgentClient,
  path: string,
  { prefix, root }: AskWitnessOptions = {},
): Promise<WitnessAnswer | undefined> {
  const started = Promise.withResolvers<number>();
  const answered = Promise.withResolvers<undefined>();
  let said = '';
  const spawned = client.spawn(
    {
      argv: prefix === undefined ? [path] : [prefix, path],
      env: {},
      cwd: '/',
      ...(root === undefined ? {} : { root }),
      deadlineMs: WITNESS_DEADLINE_MS,
      graceMs: 100,
    },
    {
      onStarted: started.resolve,
      onOutput: (stream, data) => {
        if (stream !== 'stdout') return;
        said += data.toString();
        if (said.includes('\n')) answered.resolve(undefined);
      },
    },
  );
  const ended = spawned.outcome.then((outcome) => ({ outcome }));
  const first = await Promise.race([answered.promise, ended]);
  if (first !== undefined) {
    const { failure, exits } = first.outcome;
    if (failure?.errno === 'ENOEXEC') return undefined;
    throw witnessFailed(
      failure === undefined
        ? `it ended with ${JSON.stringify(exits[0] ?? {})}`
        : `${failure.step}: ${failure.errno}`,
    );
  }
  const executable = await client.stat(`/proc/${String(await started.promise)}/exe`);
  spawned.endStdin();
  await spawned.outcome;
  const words = readWitness(said);
  if (words === undefined) throw witnessFailed(`it said ${JSON.stringify(said)}`);
  return { ...words, executedBy: executable.linkTarget ?? '' };
}

function witnessFailed(reason: string): ArchParityError {
  return new ArchParityError({
    code: 'WITNESS_FAILED',
    message: `The witness program did not answer under emulation: ${reason}.`,
    advice: 'Run archparity doctor.',
  });
}

/** @throws ArchParityError `WITNESS_DISAGREES` when another emulator, machine or CPU answered than is wanted */
export function verifyWitness(
  answer: WitnessAnswer,
  wanted: { readonly platform: Platform; readonly qemu: string; readonly cpuId?: string },
): void {
  const machine = platformFacts(wanted.platform).uname;
  const problems = [
    ...(answer.executedBy === wanted.qemu
      ? []
      : [`${answer.executedBy} ran it instead of ${wanted.qemu}`]),
    ...(answer.machine === machine ? [] : [`it ran as ${answer.machine} instead of ${machine}`]),
    ...(wanted.cpuId === undefined || answer.cpuId === wanted.cpuId
      ? []
      : [`its CPU is ${answer.cpuId} instead of ${wanted.cpuId}`]),
  ];
  if (problems.length === 0) return;
  throw new ArchParityError({
    code: 'WITNESS_DISAGREES',
    message: `${wanted.platform} programs are not emulated as they should be: ${problems.join('; ')}.`,
    advice: 'Another handler may be in the way; run archparity doctor.',
  });
}
