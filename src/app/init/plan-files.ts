import { quoteCommand } from '../../process/index.ts';
import type { CiSystem, Repository } from './repository.ts';
import { writeGithubJob, writeGitlabJob, type Job } from './write-job.ts';
import { writeImageSuite, writeProgramSuite, type ImageSuite } from './write-suite.ts';

/** A file to be written. */
export interface PlannedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly content: string;
  /** What it is, in words. */
  readonly what: string;
}

export interface FilePlan {
  readonly files: readonly PlannedFile[];
  /** What is left for the user to do. */
  readonly todo: readonly string[];
}

const DIRECTORY = 'archparity';

/** The suites and the CI job for what a repository has. */
export function planFiles(repository: Repository, ci: CiSystem | 'none'): FilePlan {
  const names = new NameTaker();
  const files: PlannedFile[] = [];
  const builds: { recipe: Repository['recipes'][number]; archive: string }[] = [];
  const suites: string[] = [];
  const add = (name: string, content: string, what: string): void => {
    const path = `${DIRECTORY}/${name}.yaml`;
    suites.push(path);
    files.push({ path, content, what });
  };
  for (const program of repository.programs) {
    const name = names.take(program.name);
    const what = `suite for the program ${program.name}, ${Object.keys(program.paths).join(' and ')}`;
    add(name, writeProgramSuite({ ...program, name }), what);
  }
  for (const { name: written, path, platforms, ports } of repository.layouts) {
    const name = names.take(written);
    const image: ImageSuite = {
      name,
      reference: `oci:../${path}`,
      origin: 'an OCI layout of this repository; paths start at this file',
      ports,
      env: {},
      companions: [],
      platforms,
    };
    add(name, writeImageSuite(image), `suite for the OCI layout ${path}`);
  }
  for (const recipe of repository.recipes) {
    const name = names.take(recipe.name);
    const archive = `build/${name}.oci.tar`;
    builds.push({ recipe, archive });
    const image: ImageSuite = {
      ...recipe,
      name,
      reference: `oci-archive:../${archive}`,
      origin: `what docker buildx build makes of ${recipe.path} (see the CI job)`,
    };
    add(name, writeImageSuite(image), `suite for the image of ${recipe.path}`);
  }
  const testedImage = imageUnderTest(repository, builds);
  const job: Job = {
    repository,
    suites,
    builds,
    ...(testedImage === undefined ? {} : { testedImage }),
  };
  const jobFile = planJob(job, ci);
  return {
    files: [...files, ...(jobFile === undefined ? [] : [jobFile])],
    todo: listTodo(job, { ci, jobFile }),
  };
}

/** What files of other tools are about: they do not say. */
function imageUnderTest({ layouts }: Repository, builds: Job['builds']): string | undefined {
  const [layout] = layouts;
  if (layout !== undefined) return `oci:${layout.path}`;
  const [build] = builds;
  return build === undefined ? undefined : `oci-archive:${build.archive}`;
}

function planJob(job: Job, ci: CiSystem | 'none'): PlannedFile | undefined {
  switch (ci) {
    case 'none':
      return undefined;
    case 'github':
      return {
        path: '.github/workflows/archparity.yml',
        content: writeGithubJob(job),
        what: 'workflow of GitHub Actions',
      };
    case 'gitlab':
      return {
        // What is there is the user's: it includes ours.
        path: job.repository.hasGitlabFile ? `${DIRECTORY}/gitlab-ci.yml` : '.gitlab-ci.yml',
        content: writeGitlabJob(job),
        what: 'jobs of GitLab CI',
      };
  }
}

function listTodo(
  { repository, suites, builds, testedImage }: Job,
  { ci, jobFile }: { readonly ci: CiSystem | 'none'; readonly jobFile: PlannedFile | undefined },
): readonly string[] {
  const foreign = repository.tests.map(({ path }) => path);
  const ours = (...words: readonly string[]): string => quoteCommand(['archparity', ...words]);
  return [
    ...builds.map(
      ({ recipe, archive }) =>
        `build ${archive} from ${recipe.path} before testing it: the CI job says how`,
    ),
    ...(suites.length === 0 ? [] : [ours('test', ...suites)]),
    ...(foreign.length === 0 ? [] : [ours('test', ...foreign, '--image', testedImage ?? 'IMAGE')]),
    ...repository.deployments.map(({ path }) => ours('inspect', '--file', path)),
    ...(jobFile?.path === `${DIRECTORY}/gitlab-ci.yml`
      ? [`write into .gitlab-ci.yml: include: [{local: ${jobFile.path}}]`]
      : []),
    ...(ci === 'none' ? ['for a CI job: archparity init --ci github, or gitlab'] : []),
  ];
}

/** Names of suites and their files, each once. */
class NameTaker {
  readonly #taken = new Set<string>();

  take(wanted: string): string {
    const base =
      wanted.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '') || 'app';
    let name = base;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${base}-${String(number)}`;
    this.#taken.add(name);
    return name;
  }
}
