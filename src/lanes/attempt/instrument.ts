import type { MountOperation, SpawnSpec } from '../../agent/index.ts';
import { DEFAULT_PATH } from '../environment.ts';

/** Where a case has what watches its command; on its /dev, so that it is no file of the subject's. */
export const TOOLS_DIRECTORY = '/dev/archparity/tools';
export const TRACE_DIRECTORY = '/dev/archparity/trace';
export const TRACE_FILE = `${TRACE_DIRECTORY}/log`;

/** A command that is to be started by something else. */
export interface WatchedCommand {
  readonly argv: readonly string[];
  /** The file of `argv[0]`, as the case sees it. */
  readonly program: string;
  /** That file on this machine, where it is known. */
  readonly file?: string;
  /** The PATH of the command. */
  readonly path: string;
}

/** What watches a case's command. */
export interface Instrument {
  /** Paths of the machine that runs the case, and where the case has them. */
  readonly binds: readonly {
    readonly source: string;
    readonly target: string;
    readonly readonly: boolean;
  }[];
  /** The words that start the command; absent = it is started as ever. */
  readonly wrap?: (command: WatchedCommand) => readonly string[];
}

/** The binds of an instrument as operations. */
function instrumentMounts({ binds }: Instrument): MountOperation[] {
  return binds.map((bind) => ({ kind: 'bind', ...bind }));
}

/**
 * A binary's spawn with what watches it.
 * @param bin - the directory that has the subject under its name, which a watcher looks there for
 */
export function watchBinary(
  spec: SpawnSpec,
  instrument: Instrument | undefined,
  bin: string,
): SpawnSpec {
  if (instrument === undefined) return spec;
  const mounts = [...(spec.mounts ?? []), ...instrumentMounts(instrument)];
  const { wrap } = instrument;
  if (wrap === undefined) return { ...spec, mounts };
  const { executable, ...others } = spec;
  const path = spec.env?.['PATH'] ?? DEFAULT_PATH;
  const program = executable ?? spec.argv[0] ?? '';
  return {
    ...others,
    mounts,
    argv: wrap({ argv: spec.argv, program, path }),
    env: { ...spec.env, ...(executable === undefined ? {} : { PATH: `${bin}:${path}` }) },
  };
}
