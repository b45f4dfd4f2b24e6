import type { Attempt, Platform, Subject } from '../core/index.ts';
import { openLane, type Interactive, type Lane, type LaneEngine } from '../lanes/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { chooseRunLane } from './choose-run-lane.ts';
import { openImageAccess, type ImageAccessRequest } from './image-access.ts';
import { cpuNote, fallbackNote } from './run-notes.ts';

export type { Interactive, ServiceConnection } from '../lanes/index.ts';

export interface RunCommandOptions {
  /** Reference as the user wrote it: a path or an image. */
  readonly target: string;
  readonly args: readonly string[];
  /** As written; absent = the lane that fits the target. */
  readonly lane?: string;
  /** Runs an image on a lane of this machine that names none; absent = crun. */
  readonly engine?: LaneEngine;
  /** As asked for; absent = the program's own, and for an image that of the lane, else the foreign one. */
  readonly platform?: Platform;
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  /** Absolute host directories. */
  readonly writable: readonly string[];
  readonly network: 'none' | 'host';
  readonly pid1: 'init' | 'subject';
  readonly sysroot?: string;
  readonly terminal?: { readonly rows: number; readonly columns: number };
  /** How images that are no files are got. */
  readonly access: ImageAccessRequest;
  readonly logger?: (command: string) => void;
  readonly onOutput: (stream: 'stdout' | 'stderr', data: Buffer) => void;
  /** Told of what the user must know before the command starts: one sentence without a full stop. */
  readonly onNote: (note: string) => void;
  /** Told of the command once it can be spoken to. */
  readonly onStarted: (interactive: Interactive) => void;
}

/**
 * Runs one command on the lane that fits it, with the caller's streams, and waits for its end.
 * @throws ArchParityError for anything that keeps the command from being started
 */
export async function runCommand(options: RunCommandOptions): Promise<Attempt> {
  const { subject, platform, spec } = await chooseRunLane(options);
  const settings = {
    ...spec.settings,
    ...(options.sysroot === undefined ? {} : { sysroot: options.sysroot }),
  };
  const lane: Lane = await openLane(
    { ...spec, settings },
    {
      platform,
      cacheDir: ensureCacheRoot(),
      measure: false,
      imageAccess: openImageAccess(options.access, { say: options.onNote }),
      ...(options.logger === undefined ? {} : { logger: options.logger }),
    },
  );
  try {
    const note = fallbackNote(spec, lane.info);
    if (note !== undefined) options.onNote(note);
    const interactive = await lane.interact({
      subject,
      command: commandOf(subject, options.args),
      env: options.env,
      writable: options.writable,
      network: options.network,
      pid1: options.pid1,
      onOutput: options.onOutput,
      ...(options.user === undefined ? {} : { user: options.user }),
      ...(options.workdir === undefined ? {} : { workdir: options.workdir }),
      ...(options.terminal === undefined ? {} : { terminal: options.terminal }),
    });
    options.onStarted(interactive);
    const attempt = await interactive.attempt;
    const cpu = cpuNote(attempt, lane.info);
    if (cpu !== undefined) options.onNote(cpu);
    return attempt;
  } finally {
    await lane.close();
  }
}

/** Arguments follow a binary, and replace an image's Cmd as docker does. */
function commandOf(
  subject: Subject,
  args: readonly string[],
): { kind: 'subject'; args?: readonly string[] } {
  if (subject.kind === 'binary') return { kind: 'subject', args };
  return args.length === 0 ? { kind: 'subject' } : { kind: 'subject', args };
}
