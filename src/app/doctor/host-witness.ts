import { readlink } from 'node:fs/promises';
import type { Platform } from '../../core/index.ts';
import { nameCpu, placeWitness, readWitness } from '../../lanes/index.ts';
import {
  createExec,
  startProcess,
  type CommandLogger,
  type RunningProcess,
} from '../../process/index.ts';

/** What ran a foreign program when this machine was asked to, without any lane. */
export interface HostAnswer {
  /** Path of the program that the kernel executed instead; of a container's it is the path in there. */
  readonly executedBy: string;
  /** First line of its `--version`, without the program's name; empty when it does not say. */
  readonly version: string;
  /** The CPU that the program saw. */
  readonly cpu: string;
}

export interface HostWitnessOptions {
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
}

const PATIENCE_MS = 10_000;

/** The first line that the witness writes, or all that there was. */
async function readFirstLine({ stdout }: RunningProcess): Promise<string> {
  let said = '';
  for await (const chunk of stdout) {
    said += String(chunk);
    if (said.includes('\n')) break;
  }
  return said;
}

/** What an emulator says of its version, without the program's name; empty when it does not say. */
export async function readEmulatorVersion(path: string, logger?: CommandLogger): Promise<string> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const asked = await exec(path, ['--version'], { timeoutMs: PATIENCE_MS });
  return /^qemu-\S+ version (.*)$/m.exec(asked.stdout)?.[1] ?? '';
}

/**
 * Executes the witness of a platform on this machine itself, outside of lanes, and looks at what runs it
 * while it waits: that is the emulator which the kernel holds, whatever lies at its path by now.
 * @returns `undefined` when this machine does not run it
 * @throws ArchParityError when the witness cannot be placed in the cache
 */
export async function askHostWitness(
  platform: Platform,
  { cacheDir, logger }: HostWitnessOptions,
): Promise<HostAnswer | undefined> {
  const witness = await placeWitness(platform, { cacheDir });
  let running: RunningProcess;
  try {
    running = await startProcess(witness, [], {
      clearEnv: true,
      stderr: 'ignore',
      ...(logger === undefined ? {} : { logger }),
    });
  } catch {
    return undefined;
  }
  const timer = setTimeout(() => running.kill('SIGKILL'), PATIENCE_MS);
  try {
    const said = await readFirstLine(running);
    // Some execvp() give a file that the kernel refuses to sh, which says something else.
    const words = readWitness(said);
    if (words === undefined) return undefined;
    const { cpuId } = words;
    const executable = `/proc/${String(running.pid)}/exe`;
    const executedBy = await readlink(executable).catch(() => '');
    return {
      executedBy,
      version: await readEmulatorVersion(executable, logger),
      cpu: cpuId === '-' ? '' : nameCpu(cpuId),
    };
  } finally {
    clearTimeout(timer);
    running.stdin.end();
    await running.exited;
  }
}
