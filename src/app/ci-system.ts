import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ReporterRequest } from './open-reports.ts';

/** A system that runs jobs, as its variables tell. */
export interface CiSystem {
  readonly name: 'github' | 'gitlab' | 'buildkite' | 'circleci' | 'jenkins';
  /** Absolute path of the top of the repository. */
  readonly sourceRoot?: string;
  /** A Markdown file that is shown with the job; what else the step does writes there, too. */
  readonly summaryFile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that shows a system, and the one with the place of the repository. Source: each one's reference. */
const SYSTEMS = [
  { name: 'github', shownBy: 'GITHUB_ACTIONS', root: 'GITHUB_WORKSPACE' },
  { name: 'gitlab', shownBy: 'GITLAB_CI', root: 'CI_PROJECT_DIR' },
  { name: 'buildkite', shownBy: 'BUILDKITE', root: 'BUILDKITE_BUILD_CHECKOUT_PATH' },
  { name: 'circleci', shownBy: 'CIRCLECI', root: 'CIRCLE_WORKING_DIRECTORY' },
  { name: 'jenkins', shownBy: 'JENKINS_URL', root: 'WORKSPACE' },
] as const;

/** The system whose job this is; `undefined` on a machine of somebody's own. */
export function findCi(env: Environment): CiSystem | undefined {
  const system = SYSTEMS.find(({ shownBy }) => !['', 'false'].includes(env[shownBy] ?? ''));
  if (system === undefined) return undefined;
  const root = env[system.root] ?? '';
  const summary = system.name === 'github' ? env['GITHUB_STEP_SUMMARY'] : undefined;
  return {
    name: system.name,
    ...(isAbsolute(root) ? { sourceRoot: root } : {}),
    // A container that was given the variables of its job need not have its files.
    ...(summary !== undefined && isWritable(summary) ? { summaryFile: summary } : {}),
  };
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the system shows besides the log: annotations and a summary on GitHub, elsewhere a JUnit file. */
export function reportersFor({ name, summaryFile }: CiSystem): readonly ReporterRequest[] {
  if (name !== 'github') return [{ name: 'junit', besideRecord: 'junit.xml' }];
  return [
    { name: 'github' },
    ...(summaryFile === undefined ? [] : [{ name: 'markdown', file: summaryFile } as const]),
  ];
}
