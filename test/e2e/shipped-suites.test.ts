// The suites of this repository, on the images that scripts/build-images makes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { runBench } from './bench-runs.ts';
import { CALLERS, image, makeDirectory, ROOT, runCli, unprivileged } from './cli.ts';
import { parseReport } from './records.ts';

const DIVERGENCE = join(ROOT, 'suites/divergence.yaml');
const text = readFileSync(DIVERGENCE, 'utf8');
/** The cases with a `known`; one or two are there because this machine shows nothing of theirs. */
const DECLARED = (parseDocument(text).toJS() as { cases: { name: string; known?: object }[] }).cases
  .filter(({ known }) => known !== undefined)
  .map(({ name }) => name);

describe('suites/smoke.yaml', () => {
  // Once: it is the longest suite, and the shorter ones run for everybody.
  it('matches in all of its cases', async () => {
    const { stdout, code, stderr } = await runCli(unprivileged, [
      'test',
      join(ROOT, 'suites/smoke.yaml'),
      '--reporter',
      'json',
    ]);
    const { summary, cases } = parseReport(stdout);
    expect(cases.filter(({ verdict }) => verdict !== 'match').map(({ name }) => name)).toEqual([]);
    expect(summary.match).toBeGreaterThanOrEqual(58);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }, 600_000);
});

describe('suites/services.yaml', () => {
  it('matches in all of its cases', async () => {
    const suite = join(ROOT, 'suites/services.yaml');
    const words = ['test', suite, '--reporter', 'json'];
    const { stdout, code, stderr } = await runCli(unprivileged, words);
    const { cases } = parseReport(stdout);
    expect(cases.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual(
      [
        'redis',
        'nginx',
        'postgresql',
        'memcached',
        'openssh',
        'python http.server',
        'python app with redis',
      ].map((name) => `${name}: match`),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }, 300_000);
});

describe('benches', () => {
  // On one lane: what emulation costs is measured elsewhere (docs/performance.md), and takes its time.
  it.each([
    ['bench', 20],
    ['bench-programs', 13],
    ['bench-debian13', 14],
  ])('suites/%s.yaml runs each of its %i commands', async (name, count) => {
    const suite = join(ROOT, `suites/${name}.yaml`);
    const words = [suite, '--lane', 'native', '-r', '1', '-w', '0'];
    const { report, result } = await runBench(unprivileged, words);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(report.benchmarks.length).toBeGreaterThanOrEqual(count);
    for (const { lanes, name: bench } of report.benchmarks)
      expect(lanes['native']?.wallMs?.samples, bench).toHaveLength(1);
  });
});

describe.each(CALLERS)('suites/divergence.yaml, as $name', (caller) => {
  it('finds every declared divergence', async () => {
    const { stdout, code, stderr } = await runCli(caller, [
      'test',
      DIVERGENCE,
      '--reporter',
      'json',
    ]);
    const { cases } = parseReport(stdout);
    expect(cases.length).toBeGreaterThanOrEqual(20);
    expect(cases.filter(({ verdict }) => verdict !== 'match').map(({ name }) => name)).toEqual([]);
    expect(cases.filter(({ known }) => known !== undefined)).toHaveLength(DECLARED.length);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }, 300_000);
});

describe('suites/divergence.yaml, changed', () => {
  /** Runs a copy in which one thing about each case is changed. */
  async function runChanged(
    change: (entry: Record<string, unknown>) => void,
  ): Promise<Record<string, string>> {
    const suite = parseDocument(text).toJS() as { cases: Record<string, unknown>[] };
    for (const entry of suite.cases) change(entry);
    const cwd = makeDirectory(unprivileged);
    const file = join(cwd, 'changed.yaml');
    writeFileSync(file, JSON.stringify(suite));
    const words = ['test', file, '--image', image('divergence'), '--reporter', 'json', '-j', '4'];
    const { stdout, code, stderr } = await runCli(unprivileged, words, { cwd });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    expect(code).toBe(1);
    const failed = parseReport(stdout).cases.filter(
      (entry) => entry.verdict !== 'match' || 'knownFailure' in entry,
    );
    return Object.fromEntries(failed.map(({ name, verdict }) => [name, verdict]));
  }

  it('fails for each case whose declaration is removed', async () => {
    const failed = await runChanged((entry) => delete entry['known']);
    expect(Object.keys(failed).toSorted()).toEqual(DECLARED.toSorted());
    expect(new Set(Object.values(failed))).toEqual(new Set(['diverged']));
  }, 300_000);

  it('fails for each case whose declaration has expired', async () => {
    const failed = await runChanged((entry) => {
      for (const known of [entry['known'] ?? []].flat() as Record<string, unknown>[])
        known['until'] = '2020-01-01';
    });
    expect(Object.keys(failed).toSorted()).toEqual(DECLARED.toSorted());
  }, 300_000);
});
