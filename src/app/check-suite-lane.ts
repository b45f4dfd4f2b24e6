import { existsSync } from 'node:fs';
import { ArchParityError, findNearest } from '../core/index.ts';
import { LANE_KINDS, parseLaneSpec } from '../lanes/index.ts';
import { loadProject, type Problem, type Project } from '../suite/index.ts';
import { IS_SPEC } from './read-lanes.ts';

/** Settings that name a file or directory of this machine. */
const PATH_SETTINGS = ['qemu', 'sysroot', 'kernel', 'initrd'];

/**
 * Makes the check of the lanes that suites name, with the project's names for lanes.
 * @param used Whether these lanes will be opened: only then their files must be there
 */
export async function createLaneCheck(
  cwd: string,
  used: boolean,
): Promise<(spec: string) => Problem | undefined> {
  // A broken project file is told when a lane of it is wanted.
  const project = await loadProject(cwd).catch(() => 'broken' as const);
  return (spec) => findLaneProblem(spec, project, used);
}

function findLaneProblem(
  spec: string,
  project: Project | 'broken' | undefined,
  used: boolean,
): Problem | undefined {
  const isName = !IS_SPEC.test(spec) && /^[A-Za-z0-9_.-]+$/.test(spec);
  if (isName && (project === 'broken' || project?.lanes.has(spec) === true)) return undefined;
  try {
    const { settings } = parseLaneSpec(spec);
    const missing = PATH_SETTINGS.find((key) => !isThere(settings[key] ?? '/'));
    return missing === undefined || !used
      ? undefined
      : { message: `the lane ${JSON.stringify(spec)} names a ${missing} that does not exist` };
  } catch (error) {
    if (!(error instanceof ArchParityError)) throw error;
    const names = project === 'broken' ? [] : [...(project?.lanes.keys() ?? []), ...LANE_KINDS];
    const nearest = isName ? findNearest(spec, names) : undefined;
    return {
      message: lowerFirst(error.message),
      ...(nearest === undefined
        ? error.advice === undefined
          ? {}
          : { hint: lowerFirst(error.advice) }
        : { hint: `did you mean "${nearest}"?` }),
    };
  }
}

/** A name without a slash is looked for in PATH. */
function isThere(path: string): boolean {
  return !path.includes('/') || existsSync(path);
}

/** A sentence as the part of a diagnostic. */
function lowerFirst(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, '');
}
