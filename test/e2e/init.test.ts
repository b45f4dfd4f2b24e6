// archparity init on repositories with real programs and images: what it writes is run.
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  anyCaller,
  makeDirectory,
  program,
  ROOT,
  runCli,
  unprivileged,
  type Caller,
} from './cli.ts';
import { parseReport } from './records.ts';

/** A repository of these files, whose values are texts or what is copied there. */
function makeRepository(
  caller: Caller,
  files: Readonly<Record<string, string | { readonly from: string }>>,
): string {
  const root = makeDirectory(caller, 'repository');
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    if (typeof content === 'string') writeFileSync(target, content);
    else cpSync(content.from, target, { recursive: true });
  }
  return own(caller, root);
}

function own(caller: Caller, root: string): string {
  // What the test made as root is the caller's.
  if (process.geteuid?.() === 0)
    for (const path of ['', ...readdirSync(root, { recursive: true, encoding: 'utf8' })])
      chownSync(join(root, path), caller.uid, caller.gid);
  return root;
}

const init = async (caller: Caller, root: string, words: readonly string[] = []) =>
  runCli(caller, ['init', ...words], { cwd: root });

const list = async (caller: Caller, root: string, suites: readonly string[]) =>
  runCli(caller, ['test', '--list', ...suites], { cwd: root });

const HELLOS = {
  'dist/hello-amd64': { from: program('hello', 'amd64') },
  'dist/linux_arm64/hello': { from: program('hello', 'arm64') },
  'dist/libnothing.so': { from: program('hello', 'arm64') },
};
const DOCKERFILE = [
  'FROM --platform=$BUILDPLATFORM golang:1.24 AS build',
  'RUN go build -o /out/api .',
  'FROM debian:13-slim AS base',
  'EXPOSE 8080/tcp',
  'FROM base',
  'COPY --from=build /out/api /usr/bin/api',
  'ENTRYPOINT ["api"]',
  '',
].join('\n');
const COMPOSE = `
services:
  web:
    build: ./api
    environment: { MODE: prod, PORT: 8080, TOKEN: '\${TOKEN}' }
    depends_on: [db, cache]
  db: { image: 'postgres:16', environment: [POSTGRES_PASSWORD=secret] }
  cache: { image: registry.example/cache:1, expose: [11311] }
`;
const CST = `
schemaVersion: '2.0.0'
commandTests: [{ name: says hello, command: /hello }]
`;

describe('a repository with programs for both platforms', () => {
  it('gets a suite that runs, and a workflow', async () => {
    const caller = unprivileged;
    const root = makeRepository(caller, {
      ...HELLOS,
      '.github/workflows/ci.yml': 'on: push\njobs: {}\n',
      '.git/HEAD': 'ref: refs/heads/trunk\n',
      Makefile: 'all:\n',
    });
    const { code, stdout, stderr } = await init(caller, root);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('wrote archparity/hello.yaml');
    const result = await runCli(
      caller,
      ['test', 'archparity/hello.yaml', '--referee', 'none', '--reporter', 'json'],
      { cwd: root },
    );
    expect(parseReport(result.stdout).summary.match).toBe(2);
    const workflow = parse(
      readFileSync(join(root, '.github/workflows/archparity.yml'), 'utf8'),
    ) as { on: { push: { branches: string[] } }; jobs: { parity: { steps: { run?: string }[] } } };
    expect(workflow.on.push.branches).toEqual(['trunk']);
    const commands = workflow.jobs.parity.steps.flatMap(({ run }) => run ?? []);
    expect(commands).toContain('make');
    expect(commands.join('\n')).toContain('archparity test archparity/hello.yaml');
  });
});

describe('a repository with an image', () => {
  it('gets a suite of the OCI layout, and the files of container-structure-test are run on it', async () => {
    const root = makeRepository(unprivileged, {
      'build/image': { from: join(ROOT, 'build/images/run-base') },
      'test/structure.yaml': CST,
      '.gitlab-ci.yml': 'test: { script: make }\n',
    });
    const before = readFileSync(join(root, '.gitlab-ci.yml'), 'utf8');
    const { code, stdout } = await init(unprivileged, root);
    expect(code).toBe(0);
    expect(stdout).toContain('archparity test test/structure.yaml --image oci:build/image');
    expect(stdout).toContain('include: [{local: archparity/gitlab-ci.yml}]');
    expect(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8')).toBe(before);
    const jobs = parse(readFileSync(join(root, 'archparity/gitlab-ci.yml'), 'utf8')) as {
      archparity: { script: string[] };
    };
    expect(jobs.archparity.script.join('\n')).toContain('test/structure.yaml');
    const suite = 'archparity/image.yaml';
    const words = ['test', suite, '--referee', 'none', '--reporter', 'json'];
    const result = await runCli(unprivileged, [...words, '--filter', 'every program can start'], {
      cwd: root,
    });
    expect(parseReport(result.stdout).summary.match).toBe(1);
    const listed = await list(unprivileged, root, [suite]);
    expect(listed.stdout).toContain('image/starts as configured');
    const foreign = ['test/structure.yaml', '--image', 'oci:build/image'];
    expect((await list(unprivileged, root, foreign)).stdout).toContain('says hello');
  });

  it('gets a service case of a Dockerfile with what compose says of it', async () => {
    const root = makeRepository(anyCaller, {
      'api/Dockerfile': DOCKERFILE,
      'compose.yaml': COMPOSE,
      'deploy/app.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: web}]}\n',
    });
    const { code, stdout } = await init(anyCaller, root, ['--ci', 'github', '--json']);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as {
      files: { path: string; content: string }[];
      found: { recipes: { crossBuilds: boolean }[] };
      written: boolean;
    };
    expect(report.written).toBe(true);
    expect(report.found.recipes).toMatchObject([
      { name: 'web', path: 'api/Dockerfile', context: 'api', ports: [8080], crossBuilds: true },
    ]);
    const [suite, job] = report.files;
    const document = parse(suite?.content ?? '') as { cases: Record<string, unknown>[] };
    expect(document.cases[1]).toMatchObject({
      env: { MODE: 'prod', PORT: '8080' },
      service: { ready: { port: 8080 } },
      with: {
        db: { image: 'docker://postgres:16', ready: { port: 5432 } },
        cache: { image: 'docker://registry.example/cache:1', ready: { port: 11311 } },
      },
    });
    expect(document.cases[1]?.['env']).not.toHaveProperty('TOKEN');
    expect(job?.content).toContain(
      '--output type=oci,dest=build/web.oci.tar --file api/Dockerfile api',
    );
    for (const path of ['compose.yaml', 'deploy/app.yaml'])
      expect(job?.content).toContain(`archparity inspect --file ${path}`);
    const listed = await list(anyCaller, root, ['archparity/web.yaml']);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toContain('web/answers  native, emulated');
  });
});

describe('archparity init', () => {
  it('explains every line that is not plain, and writes nothing with --dry-run', async () => {
    const root = makeRepository(anyCaller, HELLOS);
    const { code, stdout } = await init(anyCaller, root, ['--dry-run', '--ci', 'gitlab']);
    expect(code).toBe(0);
    expect(existsSync(join(root, 'archparity'))).toBe(false);
    expect(stdout).toContain('── archparity/hello.yaml\n');
    expect(stdout).toContain('── .gitlab-ci.yml\n');
    expect(stdout.match(/# /g)?.length).toBeGreaterThan(20);
  });

  it('overwrites nothing unless it is told to', async () => {
    const root = makeRepository(anyCaller, { ...HELLOS, 'archparity/hello.yaml': 'mine\n' });
    const file = join(root, 'archparity/hello.yaml');
    const refused = await init(anyCaller, root, ['--ci', 'github']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('(INIT_FILE_EXISTS)');
    expect(readFileSync(file, 'utf8')).toBe('mine\n');
    expect(existsSync(join(root, '.github'))).toBe(false);
    const forced = await init(anyCaller, root, ['--force', '--ci', 'none']);
    expect(forced.code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('version: 1');
    expect(statSync(file).uid).toBe(anyCaller.uid);
  });

  it('runs a program for one platform alone, and checks it', async () => {
    const root = makeRepository(unprivileged, { 'bin/tool': { from: program('hello', 'arm64') } });
    await init(unprivileged, root);
    const words = ['test', 'archparity/tool.yaml', '--reporter', 'json'];
    const { stdout, code } = await runCli(unprivileged, words, { cwd: root });
    expect(parseReport(stdout).summary).toMatchObject({ match: 2, total: 2 });
    expect(code).toBe(0);
  });

  it.each([
    ['a directory with nothing to test', { 'README.md': 'hello\n' }, [], 4, 'INIT_NOTHING_FOUND'],
    ['a directory that is not there', { x: '' }, ['nowhere'], 2, 'INIT_NO_DIRECTORY'],
    ['two directories', { x: '' }, ['a', 'b'], 2, 'USAGE'],
  ])('refuses %s', async (_what, files, words, code, name) => {
    const result = await init(anyCaller, makeRepository(anyCaller, files), words);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(`(${name})`);
  });
});
