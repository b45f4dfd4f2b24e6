import {
  ArchParityError,
  ExitCode,
  findNearest,
  usageError,
  type LaneSpec,
} from '../core/index.ts';
import { parseLaneSpec, requireDistinctLanes } from '../lanes/index.ts';
import type { NamedLane } from '../suite/index.ts';

/** `native`, `emulated,…`, `ssh:…`, or `NAME=` before one of these: what needs no project file. */
export const IS_SPEC = /^(?:[^=,]+=)?(?:native|emulated|vm|ssh)(?:[,:].*)?$/s;

/** A lane of the project file. A mistake in it is one of the file, at its place. */
function readNamedLane({ name, specs, isPool, position }: NamedLane): LaneSpec {
  try {
    const members = specs.map((spec, index) =>
      parseLaneSpec(isPool ? `${name}.${String(index + 1)}=${spec}` : `${name}=${spec}`),
    );
    const [first] = members;
    if (first === undefined) throw new TypeError(`the lane ${name} is empty`);
    if (!isPool) return first;
    const other = members.find(({ kind }) => kind !== 'ssh');
    if (other !== undefined)
      throw usageError(
        'POOL_NOT_SSH',
        `The pool "${name}" has a lane of kind ${other.kind}.`,
        'A pool is a list of ssh lanes.',
      );
    return { id: name, kind: 'ssh', settings: {}, pool: members };
  } catch (error) {
    if (!(error instanceof ArchParityError)) throw error;
    throw new ArchParityError({
      code: error.code,
      message: error.message,
      exitCode: ExitCode.usage,
      cause: error,
      diagnostics: [
        {
          position,
          message: `"${name}" cannot be read`,
          ...(error.advice === undefined ? {} : { hint: error.advice }),
        },
      ],
    });
  }
}

async function readLane(text: string, cwd: string): Promise<LaneSpec> {
  // An unknown setting and the like: the parser knows best what to say.
  if (IS_SPEC.test(text) || !/^[A-Za-z0-9_.-]+$/.test(text)) return parseLaneSpec(text);
  // Loaded on first use: parsers of YAML and schemas take longer than most commands.
  const { loadProject, PROJECT_FILE } = await import('../suite/index.ts');
  const project = await loadProject(cwd);
  const named = project?.lanes.get(text);
  if (named !== undefined) return readNamedLane(named);
  const names = [...(project?.lanes.keys() ?? [])];
  const nearest = findNearest(text, [...names, 'native', 'emulated']);
  throw usageError(
    'LANE_UNKNOWN',
    `Unknown lane "${text}"${project === undefined ? '' : `: ${project.file} names ${names.length === 0 ? 'no lanes' : names.join(', ')}`}.`,
    nearest === undefined
      ? `A lane starts with native, emulated, vm or ssh:HOST, or is named in ${PROJECT_FILE}.`
      : `Did you mean "${nearest}"?`,
  );
}

/**
 * Reads lanes as a user writes them: specs, or names of the project file.
 * @throws ArchParityError `LANE_…`, `SSH_TARGET_INVALID`, `POOL_NOT_SSH`, `PROJECT_…` (exit 2)
 */
export async function readLanes(texts: readonly string[], cwd: string): Promise<LaneSpec[]> {
  const specs = await Promise.all(texts.map((text) => readLane(text, cwd)));
  requireDistinctLanes(specs);
  return specs;
}
