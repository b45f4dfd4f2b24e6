import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectDivergences } from '../../../src/app/accept-known.ts';
import type {
  CaseResult,
  Difference,
  KnownDivergence,
  LaneInfo,
  RunEvent,
} from '../../../src/core/index.ts';
import { loadSuiteFile } from '../../../src/suite/index.ts';
import { define, LANES, observe, onLane } from '../report/make-result.ts';

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
    const collector = collectDivergences(() => new Date('2026-11-25T23:00:00Z'));
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
    expect(one?.known.map(({ until }) => until)).toEqual(['2027-02-23', '2027-02-23']);
    expect(two?.known).toEqual([]);
  });

  describe('of declared divergences', () => {
    const open = (...lanes: readonly LaneInfo[]): RunEvent[] =>
      lanes.map((lane) => ({ type: 'lane-opened', at: '', lane }));
    const seen = Object.fromEntries(
      LANES.slice(0, 2).map(({ id }) => [id, onLane('match', observe('x'))]),
    );
    const renew = async (
      known: readonly KnownDivergence[],
      more: Partial<CaseResult>,
    ): Promise<readonly KnownDivergence[]> => {
      const collector = collectDivergences(() => new Date('2026-11-25T23:00:00Z'));
      writeFileSync(
        file,
        TEXT.replace('args: [y]', `args: [y]\n    known: ${JSON.stringify(known)}`),
      );
      const suite = await loadSuiteFile(file);
      const [, definition] = suite.cases;
      for (const event of open(...LANES.slice(0, 2))) collector.listen(event);
      collector.listen(
        finished('two', { ...more, definition, lanes: seen } as Partial<CaseResult>),
      );
      expect(await collector.accept([suite])).toEqual([file]);
      return (await loadSuiteFile(file)).cases[1]?.known ?? [];
    };
    const declared = { cause: 'architecture', at: 'stdout', reason: 'mine' } as const;

    it('renews an expired one with its reason', async () => {
      const expired = { ...declared, until: '2026-01-01' };
      const failure = { known: expired, problem: 'expired' } as const;
      expect(
        await renew([expired], { differences: differs('stdout'), knownFailure: failure }),
      ).toEqual([{ ...declared, until: '2027-02-23' }]);
    });

    it('takes out one that is unmet, and leaves the others', async () => {
      const other = { ...declared, at: 'exit', until: '2030-01-01' };
      const more = { verdict: 'match', differences: differs('exit') } as const;
      const failure = { known: declared, problem: 'unmet' } as const;
      expect(await renew([declared, other], { ...more, knownFailure: failure })).toEqual([other]);
    });

    it('replaces one that is met elsewhere', async () => {
      const failure = { known: declared, problem: 'elsewhere' } as const;
      const known = await renew([declared], {
        differences: differs('exit'),
        knownFailure: failure,
      });
      expect(known).toMatchObject([{ at: 'exit', until: '2027-02-23' }]);
    });

    it('takes the cause that a referee found', async () => {
      const failure = { known: declared, problem: 'cause' } as const;
      const more = { verdict: 'match', cause: 'emulator', differences: differs('stdout') } as const;
      expect(await renew([declared], { ...more, knownFailure: failure })).toEqual([
        { ...declared, cause: 'emulator', until: '2027-02-23' },
      ]);
    });
  });

  it('writes nothing when nothing diverged, and never to a suite that was made', async () => {
    const collector = collectDivergences(() => new Date('2026-11-25T23:00:00Z'));
    collector.listen(finished('one', { verdict: 'mismatch' }));
    const suite = await loadSuiteFile(file);
    expect(await collector.accept([suite])).toEqual([]);
    collector.listen(finished('one', { differences: differs('exit') }));
    expect(await collector.accept([{ ...suite, file: '<made>' }])).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
  });

  it('leaves suites of another name alone', async () => {
    const collector = collectDivergences(() => new Date('2026-11-25T23:00:00Z'));
    collector.listen(finished('one', { differences: differs('exit') }));
    const suite = await loadSuiteFile(file);
    expect(await collector.accept([{ ...suite, name: 'other' }])).toEqual([]);
  });
});
