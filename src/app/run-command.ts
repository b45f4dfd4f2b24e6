import {
  hostPlatform,
  parsePlatform,
  runsNatively,
  usageError,
  type Attempt,
  type LaneSpec,
  type Platform,
  type Subject,
} from '../core/index.ts';
import { parseReference, readElf, requireElfPlatform } from '../image/index.ts';
import { openLane, type Interactive, type Lane } from '../lanes/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { fallbackNote } from './fallback-note.ts';
import { readLanes } from './read-lanes.ts';

export type { Interactive } from '../lanes/index.ts';

export interface RunCommandOptions {
  /** Reference as the user wrote it: a path or an image. */
  readonly target: string;
  readonly args: readonly string[];
  /** As written; absent = the lane that fits the target. */
  readonly lane?: string;
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  /** Absolute host directories. */
  readonly writable: readonly string[];
  readonly network: 'none' | 'host';
  readonly pid1: 'init' | 'subject';
  readonly sysroot?: string;
  readonly terminal?: { readonly rows: number; readonly columns: number };
  readonly logger?: (command: string) => void;
  readonly onOutput: (stream: 'stdout' | 'stderr', data: Buffer) => void;
  /** Told of what the user must know before the command starts: one sentence without a full stop. */
  readonly onNote: (note: string) => void;
  /** Told of the command once it can be spoken to. */
  readonly onStarted: (interactive: Interactive) => void;
}

interface Target {
  readonly subject: Subject;
  readonly platform: Platform;
}

function readTarget(options: RunCommandOptions): Target {
  const reference = parseReference(options.target);
  if (reference.kind === 'image')
    return { subject: { kind: 'image', reference: options.target }, platform: options.platform };
  const platform = requireElfPlatform(readElf(reference.path), options.target);
  return { subject: { kind: 'binary', paths: { [platform]: reference.path } }, platform };
}

async function chooseLane(options: RunCommandOptions, platform: Platform): Promise<LaneSpec> {
  if (options.lane !== undefined) {
    const [named] = await readLanes([options.lane], process.cwd());
    // One command needs one host.
    const lane = named?.pool?.[0] ?? named;
    if (lane === undefined) throw new TypeError('no lane was read');
    if (lane.kind === 'native' && !runsNatively(hostPlatform(), platform)) {
      throw usageError(
        'LANE_WRONG_PLATFORM',
        `The native lane of this machine runs ${hostPlatform()} programs, not ${platform}.`,
        'Use --lane emulated.',
      );
    }
    const written = lane.settings['platform'];
    const isProgram = parseReference(options.target).kind === 'binary';
    if (isProgram && written !== undefined && parsePlatform(written) !== platform) {
      throw usageError(
        'LANE_WRONG_PLATFORM',
        `The lane is for ${written}, and ${options.target} is a program for ${platform}.`,
        'Leave the platform out of the lane.',
      );
    }
    return lane;
  }
  return runsNatively(hostPlatform(), platform)
    ? { id: 'native', kind: 'native', settings: { platform } }
    : { id: 'emulated', kind: 'emulated', settings: {} };
}

/**
 * Runs one command on the lane that fits it, with the caller's streams, and waits for its end.
 * @throws ArchParityError for anything that keeps the command from being started
 */
export async function runCommand(options: RunCommandOptions): Promise<Attempt> {
  const { subject, platform } = readTarget(options);
  const spec = await chooseLane(options, platform);
  const settings = {
    ...spec.settings,
    ...(options.sysroot === undefined ? {} : { sysroot: options.sysroot }),
  };
  const lane: Lane = await openLane(
    { ...spec, settings },
    {
      platform,
      cacheDir: await ensureCacheRoot(),
      measure: false,
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
    return await interactive.attempt;
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
