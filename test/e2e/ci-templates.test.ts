// The templates for CircleCI and Jenkins: every step of them is run, as the systems would run it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkOut, installPackage, type RanStep } from './ci-jobs.ts';
import { runPipeline, type RanNode } from './circleci.ts';
import { anyCaller, makeDirectory, ROOT } from './cli.ts';
import { runJenkinsfile } from './jenkins.ts';
import { readJenkinsfile } from './jenkinsfile.ts';
import { readEvents } from './records.ts';

const CIRCLECI = join(ROOT, 'docs/ci/circleci.yml');
const JENKINSFILE = join(ROOT, 'docs/ci/Jenkinsfile');

const WELL = [
  '{name: says it, args: [say, done]}',
  '{name: says more, args: [say, more]}',
  '{name: ends, args: [exit, "0"]}',
  '{name: fails, args: [exit, "3"]}',
];
/** One fails wherever it runs, and of one no single job can know that it does. */
const ILL = [
  ...WELL,
  '{name: says another thing, args: [say, done], expect: {stdout: {equals: other}}}',
  '{name: ends otherwise, args: [exit-by-arch]}',
];
const BROKEN = '--no-such-option';

let installed = '';
beforeAll(() => {
  installed = installPackage();
}, 120_000);

describe('the configuration of CircleCI', () => {
  const caches = new Map<string, string>();
  const run = (cases: readonly string[], broken = ''): ReadonlyMap<string, RanNode[]> =>
    runPipeline(CIRCLECI, {
      checkOut: (directory) => {
        checkOut(directory, cases);
      },
      variables: (job, index) => ({
        ARCHPARITY_PACKAGE: installed,
        ...(`${job}-${index}` === broken ? { ARCHPARITY_OPTIONS: BROKEN } : {}),
      }),
      caches,
    });
  const statuses = (jobs: ReadonlyMap<string, RanNode[]>) =>
    Object.fromEntries(
      [...jobs].map(([name, nodes]) => [
        name,
        nodes.map(({ steps }) => steps.get('Run archparity')?.status),
      ]),
    );

  it('tests two shards of two architectures, and leaves the verdict to the merge', () => {
    const jobs = run(ILL);
    expect(statuses(jobs)).toEqual({ 'test-amd64': [0, 0], 'test-arm64': [0, 0], merge: [1] });
    const [merge] = jobs.get('merge') ?? [];
    const { stdout } = merge?.steps.get('Run archparity') ?? {};
    expect(stdout).toMatch(/^lane amd64 {2}linux\/amd64 .*\nlane arm64 {2}linux\/arm64 /m);
    expect(stdout).toContain('FAILED  6 cases, 2 failed');
    expect(merge?.testResults).toEqual(['parity.junit.xml']);
    for (const lane of ['amd64', 'arm64'])
      for (const [index, node] of (jobs.get(`test-${lane}`) ?? []).entries()) {
        const { directory, home, testResults, restored, saved } = node;
        expect(testResults).toEqual([`records/${lane}-${index}.junit.xml`]);
        const events = readEvents(join(directory, `records/${lane}-${index}.ndjson`));
        expect(events.find(({ type }) => type === 'run-started')).toMatchObject({
          shard: { index: index + 1, count: 2 },
        });
        const printed = readFileSync(join(directory, '.archparity-cache-key'), 'utf8');
        const [, ...paths] = printed.trimEnd().split('\n');
        expect(saved[0]?.paths.map((path) => path.replace('~', home))).toEqual(paths);
        expect(restored).toBeUndefined();
      }
  });

  it('merges without the record of a node that is broken, and names what is missing', () => {
    const jobs = run(WELL, 'test-arm64-1');
    expect(statuses(jobs)).toEqual({ 'test-amd64': [0, 0], 'test-arm64': [0, 2], merge: [3] });
    const [merge] = jobs.get('merge') ?? [];
    const { stdout, stderr } = merge?.steps.get('Run archparity') ?? {};
    expect(stdout).toMatch(/^ok .* app\/\w+/m);
    expect(stderr).toMatch(/^archparity: .*shard 2\/2.* is missing$/m);
    // Another suite: the cache of an earlier pipeline is the nearest that there is.
    const [node] = jobs.get('test-arm64') ?? [];
    expect(node?.restored).toMatch(/^archparity-1-arm64-0-.{43}=$/);
    expect(node?.saved[0]?.key).not.toBe(node?.restored);
  });
});

describe('the Jenkinsfile', () => {
  const agents = {
    amd64: makeDirectory(anyCaller, 'amd64'),
    arm64: makeDirectory(anyCaller, 'arm64'),
  };
  const run = (cases: readonly string[], broken = '') =>
    runJenkinsfile(JENKINSFILE, {
      checkOut: (directory) => {
        checkOut(directory, cases);
      },
      variables: (cell) => ({
        ARCHPARITY_PACKAGE: installed,
        ...(cell !== '' && cell === broken ? { ARCHPARITY_OPTIONS: BROKEN } : {}),
      }),
      agents,
    });
  const statuses = (steps: ReadonlyMap<string, RanStep>) =>
    Object.fromEntries([...steps].map(([name, { status }]) => [name, status]));
  const well = { 'Shard amd64-1': 0, 'Shard amd64-2': 0, 'Shard arm64-1': 0, 'Shard arm64-2': 0 };

  it('tests two shards of two architectures, merges them, and leaves nothing', () => {
    const { result, steps, archived, junit, left } = run(WELL);
    expect(statuses(steps)).toEqual({ ...well, Merge: 0 });
    expect(result).toBe('SUCCESS');
    expect(steps.get('Merge')?.stdout).toContain('OK  4 cases: 4 match');
    expect([...archived.keys()]).toEqual(['parity.ndjson']);
    expect(junit.join()).toContain('<testsuites name="archparity"');
    expect(left).toEqual([]);
  });

  it('merges without the record of a shard that is broken, and names what is missing', () => {
    const { result, steps, archived, junit, left } = run(ILL, 'arm64-2');
    expect(statuses(steps)).toEqual({ ...well, 'Shard arm64-2': 2, Merge: 3 });
    expect(result).toBe('FAILURE');
    expect(steps.get('Merge')?.stderr).toMatch(/^archparity: .*shard 2\/2.* is missing$/m);
    expect([...archived.keys()]).toEqual(['parity.ndjson']);
    expect(junit.join()).toContain('says another thing');
    expect(left).toEqual([]);
  });

  it.each([
    ['an expression', 'a 1 + 2', 'line 1 cannot be read'],
    ['a brace too few', 'a {\n b', 'line 2: } was expected before ""'],
    ['two statements on a line', "a 'b' c", 'line 1: the end of a line was expected before "c"'],
  ])('is read strictly: %s', (_name, source, message) => {
    expect(() => readJenkinsfile(source)).toThrow(message);
  });
});

it('are in the package with the scripts that they call', () => {
  for (const path of ['docs/ci/circleci.yml', 'docs/ci/Jenkinsfile', 'scripts/ci/run'])
    expect(existsSync(join(installed, path))).toBe(true);
});
