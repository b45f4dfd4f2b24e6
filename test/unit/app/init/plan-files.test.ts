import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { planFiles } from '../../../../src/app/init/plan-files.ts';
import type { CiSystem, Repository } from '../../../../src/app/init/repository.ts';

/** A repository whose names mean something to shells and to YAML. */
const REPOSITORY: Repository = {
  name: 'app',
  programs: [
    { name: 'app', paths: { 'linux/amd64': 'dist/a: b #c/app', 'linux/arm64': 'dist/[x]' } },
  ],
  layouts: [],
  recipes: [
    {
      name: 'web\nworker',
      path: 'the api/Dockerfile',
      context: 'the api; true',
      ports: [],
      env: { 'a: b': '1' },
      companions: [{ name: 'no: db', image: 'postgres:16', env: {} }],
      crossBuilds: false,
    },
  ],
  tests: [{ path: "test/it's.yaml", format: 'goss' }],
  deployments: [{ path: 'deploy/$HOME.yaml', kind: 'compose' }],
  hasGitlabFile: false,
  branch: 'no',
};

/** Read back as the system reads it: GitLab as YAML 1.1. */
function write(ci: CiSystem, repository: Repository) {
  const { files, todo } = planFiles(repository, ci);
  const documents = files.map(({ content }): unknown =>
    parse(content, { version: ci === 'gitlab' ? '1.1' : '1.2' }),
  );
  return { documents, job: documents.at(-1), todo };
}

const TESTS = "archparity test 'test/it'\\''s.yaml' --image oci-archive:build/web-worker.oci.tar";
const COMMANDS = [
  "docker buildx build --platform linux/amd64,linux/arm64 --output type=oci,dest=build/web-worker.oci.tar --file 'the api/Dockerfile' 'the api; true'",
  "ls -l 'dist/a: b #c/app' 'dist/[x]'",
  "npx --yes archparity inspect --file 'deploy/$HOME.yaml'",
];

describe('planFiles', () => {
  it('quotes what names have for shells and for YAML, in a workflow of GitHub', () => {
    const { documents, job, todo } = write('github', REPOSITORY);
    const { jobs, on } = job as {
      on: { push: { branches: string[] } };
      jobs: { parity: { steps: { run?: string; with?: { path?: string } }[] } };
    };
    expect(on.push.branches).toEqual(['no']);
    const commands = jobs.parity.steps.flatMap(({ run }) => run ?? []);
    expect(commands).toEqual(expect.arrayContaining(COMMANDS));
    expect(todo).toContain(TESTS);
    expect(documents).toMatchObject([
      {
        subject: { binary: { 'linux/amd64': '../dist/a: b #c/app', 'linux/arm64': '../dist/[x]' } },
      },
      {
        cases: [
          {},
          { env: { 'a: b': '1' }, with: { 'no: db': { image: 'docker://postgres:16' } } },
        ],
      },
      {},
    ]);
  });

  it('does so in jobs of GitLab', () => {
    const { job } = write('gitlab', REPOSITORY);
    const { archparity, 'archparity-images': images } = job as Record<string, { script: string[] }>;
    const commands = [...(images?.script ?? []), ...(archparity?.script ?? [])];
    expect(commands).toEqual(expect.arrayContaining(COMMANDS));
  });

  it('has each command write a report of its own, and keeps all', () => {
    const one = 'archparity-junit.xml';
    const other = 'archparity-container-tests-junit.xml';
    const { job: workflow } = write('github', REPOSITORY);
    const { steps } = (workflow as { jobs: { parity: { steps: Record<string, unknown>[] } } }).jobs
      .parity;
    const runs = steps.flatMap(
      ({ run }) => /archparity test .* junit=(\S+)$/.exec(String(run))?.[1] ?? [],
    );
    expect(runs).toEqual([one, other]);
    expect(steps.at(-1)).toMatchObject({ with: { path: `${one}\n${other}\n.archparity/runs` } });
    const { job } = write('gitlab', REPOSITORY);
    expect(job).toMatchObject({ archparity: { artifacts: { reports: { junit: [one, other] } } } });
  });

  it('keeps no report where nothing is tested', () => {
    const { job } = write('gitlab', { ...REPOSITORY, programs: [], recipes: [], tests: [] });
    const { archparity } = job as { archparity: { artifacts: Record<string, unknown> } };
    expect(archparity.artifacts).toEqual({ when: 'always', paths: ['.archparity/runs'] });
  });
});
