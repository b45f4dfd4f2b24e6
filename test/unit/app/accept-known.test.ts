import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectDivergences } from '../../../src/app/accept-known.ts';
import type { CaseResult, Difference, RunEvent } from '../../../src/core/index.ts';
import { loadSuiteFile } from '../../../src/suite/index.ts';
import { define } from '../report/make-result.ts';

const TEXT = `# kept
version: 1
name: s
subject: {binary: {linux/amd64: a, linux/arm64: b}}
cases:
  - name: one   # kept too
    args: [x]
  - name: two
    args: [y]
`;

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'accept-'));
  file = join(directory, 's.yaml');
  writeFileSync(file, TEXT);
  for (const name of ['a', 'b']) writeFileSync(join(directory, name), '');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function finished(name: string, more: Partial<CaseResult>): RunEvent {
  const result = {
    definition: define('s', name),
    verdict: 'diverged',
    lanes: {},
    differences: [],
    hidden: [],
    ...more,
  } as unknown as CaseResult;
  return { type: 'case-finished', at: '', result };
}

const differs = (...whats: string[]): readonly Difference[] =>
  whats.map((what) => ({ between: ['a', 'b'], what })) as unknown as readonly Difference[];

describe('collectDivergences', () => {
  it('declares each aspect that differs once, and keeps the rest of the file', async () => {
    const collector = collectDivergences();
    collector.listen(
      finished('one', { cause: 'architecture', differences: differs('stdout', 'stdout', 'exit') }),
    );
    collector.listen(finished('two', { verdict: 'match' }));
    expect(await collector.accept([await loadSuiteFile(file)])).toEqual([file]);
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith('# kept\n')).toBe(true);
    expect(text).toContain('# kept too');
    const [one, two] = (await loadSuiteFile(file)).cases;
    expect(one?.known.map(({ at, cause }) => [at, cause])).toEqual([
      ['stdout', 'architecture'],
      ['exit', 'architecture'],
    ]);
    expect(two?.known).toEqual([]);
  });

  it('writes nothing when nothing diverged, and never to a suite that was made', async () => {
    const collector = collectDivergences();
    collector.listen(finished('one', { verdict: 'mismatch' }));
    const suite = await loadSuiteFile(file);
    expect(await collector.accept([suite])).toEqual([]);
    collector.listen(finished('one', { differences: differs('exit') }));
    expect(await collector.accept([{ ...suite, file: '<made>' }])).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
  });

  it('leaves suites of another name alone', async () => {
    const collector = collectDivergences();
    collector.listen(finished('one', { differences: differs('exit') }));
    const suite = await loadSuiteFile(file);
    expect(await collector.accept([{ ...suite, name: 'other' }])).toEqual([]);
  });
});
