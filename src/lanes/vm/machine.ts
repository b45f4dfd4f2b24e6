import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { AgentClient, agentPath, signalName } from '../../agent/index.ts';
import { ArchParityError, hostPlatform } from '../../core/index.ts';
import {
  listProcessTree,
  startProcess,
  type CommandLogger,
  type ProcessExit,
  type RunningProcess,
} from '../../process/index.ts';
import { ConsoleTail } from './console-tail.ts';
import { qemuArguments, type MachineOptions } from './qemu-arguments.ts';
import { Qmp } from './qmp.ts';

/** What guest.c says when the machine is usable, and how much entropy it wants with the greeting. */
const READY = 'APREADY\n';
export const ENTROPY_BYTES = 64;
/** A cold boot takes 2 to 4 s here; a hang is certain long before this. */
const BOOT_TIMEOUT_MS = 120_000;
const CONSOLE_LINES = 8;
/** Between the loss of the connection and the end of QEMU. */
const ENDS_WITHIN_MS = 1000;

export interface StartMachineOptions extends MachineOptions {
  /** Our descriptors of files that QEMU reads. */
  readonly inheritFds?: readonly number[];
  readonly logger?: CommandLogger;
}

/** What wakes a guest: the time and entropy of its own, which a snapshot must not bring (guest.c). */
export function encodeGreeting(nowMs: number, entropy: Uint8Array): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(Math.round(nowMs * 1000)) * 1000n);
  return Buffer.concat([time, entropy]);
}

/** A running QEMU. It dies with us: a guard beside it holds our end of a pipe. */
export class Machine {
  readonly qmp: Qmp;
  readonly console: ConsoleTail;
  readonly exited: RunningProcess['exited'];
  readonly #process: RunningProcess;
  readonly #port: Duplex;
  #hasEnded = false;

  private constructor(process: RunningProcess, [port, qmp, consoleStream]: readonly Duplex[]) {
    if (port === undefined || qmp === undefined || consoleStream === undefined)
      throw new TypeError('a machine has three channels');
    this.#process = process;
    this.#port = port;
    this.qmp = new Qmp(qmp);
    this.console = new ConsoleTail(consoleStream, process.stderr);
    this.exited = process.exited;
    void process.exited.then(() => {
      this.#hasEnded = true;
    });
  }

  /** @throws ArchParityError `PROCESS_NOT_STARTED` */
  static async start(options: StartMachineOptions): Promise<Machine> {
    const { inheritFds = [], logger } = options;
    const running = await startProcess(
      agentPath(hostPlatform()),
      ['guard', ...qemuArguments(options)],
      {
        detached: true,
        clearEnv: true,
        channels: 3,
        inheritFds,
        ...(logger === undefined ? {} : { logger }),
      },
    );
    running.stdout.resume();
    return new Machine(running, running.channels);
  }

  /** Waits until a booting guest is usable. @throws ArchParityError `VM_BOOT_FAILED` */
  async ready(timeoutMs = BOOT_TIMEOUT_MS): Promise<void> {
    let said = '';
    const isReady = Promise.withResolvers<true>();
    const take = (chunk: Buffer): void => {
      said += chunk.toString('latin1');
      if (said.endsWith(READY)) isReady.resolve(true);
    };
    this.#port.on('data', take);
    try {
      await this.#within(isReady.promise, { what: 'did not come up', timeoutMs });
    } finally {
      this.#port.off('data', take);
      this.#port.pause();
    }
  }

  /** Greets a usable guest and waits for its agent's hello. @throws ArchParityError `VM_BOOT_FAILED` */
  async connect(): Promise<AgentClient> {
    const connecting = AgentClient.connect({ input: this.#port, output: this.#port });
    this.#port.resume();
    this.#port.write(encodeGreeting(Date.now(), randomBytes(ENTROPY_BYTES)));
    return this.#within(connecting, { what: 'did not answer', timeoutMs: BOOT_TIMEOUT_MS });
  }

  /**
   * Where the memory of a guest with `shared` memory can be read: a descriptor of its QEMU.
   * @throws ArchParityError `VM_SNAPSHOT_FAILED` when it is not to be found
   */
  memoryFile(): string {
    for (const pid of listProcessTree(this.#process.pid)) {
      const directory = `/proc/${String(pid)}/fd`;
      for (const fd of readdirSync(directory)) {
        const path = `${directory}/${fd}`;
        if (readLink(path).startsWith('/memfd:memory-backend-memfd')) return path;
      }
    }
    throw new ArchParityError({
      code: 'VM_SNAPSHOT_FAILED',
      message: 'The memory of the microVM is not to be seen below /proc.',
      advice: 'Run archparity doctor.',
    });
  }

  /** Ends QEMU from outside: the agent's connection breaks, and all that was asked of it fails. */
  kill(): void {
    this.#process.stdin.end();
  }

  /** Ends it at once. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    this.#port.destroy();
    await this.exited;
  }

  /** What became of the guest, with the end of its console. */
  async describeEnd(): Promise<string> {
    const exit = await Promise.race([
      this.exited,
      new Promise<undefined>((resolve) => {
        setTimeout(() => resolve(undefined), ENDS_WITHIN_MS).unref();
      }),
    ]);
    const { panic } = this.console;
    const how =
      panic ??
      (exit === undefined ? 'its QEMU still runs' : `its QEMU ended with ${describeExit(exit)}`);
    return `${how}${this.describeTail()}`;
  }

  /** The end of its console, to be put behind a sentence; empty when there was nothing. */
  describeTail(): string {
    const tail = this.console.lastLines(CONSOLE_LINES);
    return tail === '' ? '' : `; the console’s end: ${tail}`;
  }

  async #within<T>(
    promise: Promise<T>,
    { what, timeoutMs }: { readonly what: string; readonly timeoutMs: number },
  ): Promise<T> {
    const failed = Promise.withResolvers<never>();
    const timer = setTimeout(() => failed.reject(new Error('time')), timeoutMs);
    void this.exited.then(() => failed.reject(new Error('exit')));
    try {
      return await Promise.race([promise, failed.promise]);
    } catch (cause) {
      const end = this.#hasEnded
        ? await this.describeEnd()
        : `nothing for ${String(timeoutMs / 1000)} s${this.describeTail()}`;
      await this.close();
      throw new ArchParityError({
        code: 'VM_BOOT_FAILED',
        message: `The microVM ${what}: ${end}.`,
        advice:
          'Run again with --verbose for its command line; archparity vm build --fresh fetches its parts anew.',
        cause,
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The guard ends as a shell would: with 128 and the number of the signal that ended QEMU. */
function describeExit({ exitCode = 0, signal }: ProcessExit): string {
  return signal ?? (exitCode > 128 ? signalName(exitCode - 128) : String(exitCode));
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
