import { describe, expect, it } from 'vitest';
import {
  bisectExitCode,
  type BisectReport,
  type FoundChange,
  type TriedCandidate,
} from '../../../../src/app/bisect.ts';
import { formatBisectJson } from '../../../../src/cli/bisect-report/json.ts';
import { formatBisectText } from '../../../../src/cli/bisect-report/text.ts';
import { captureBytes, type Observation } from '../../../../src/core/index.ts';

const seen = (stdout: string): Observation => ({
  termination: { kind: 'exit', code: 0 },
  stdout: captureBytes(Buffer.from(stdout)),
  stderr: captureBytes(Buffer.alloc(0)),
  wallMs: 1,
  userMs: 1,
  sysMs: 1,
  maxRssKb: 1,
});

const base = (label: string) => ({
  label,
  qemu: { version: `${label} (Debian)`, path: `/opt/${label}`, origin: 'PATH', cpus: [] },
  cpu: 'neoverse-n1',
});

const tried = (label: string, group: string, otherwise?: string): TriedCandidate => ({
  ...base(label),
  state: 'tried',
  group,
  behaviour: {
    observation: seen(group),
    ...(otherwise === undefined ? {} : { otherwise: seen(otherwise) }),
  },
});

const change = (after: string, at: string): FoundChange => ({
  after,
  at,
  bracket: `(${after}, ${at}]`,
  differences: [{ between: [after, at], what: 'stdout', left: 'a', right: 'b' }],
});

const report = (more: Partial<BisectReport>): BisectReport => ({
  version: 1,
  archparity: '0.1.0',
  by: 'qemu',
  case: 'app/runs',
  platform: 'linux/arm64',
  candidates: [],
  changes: [],
  isWhole: true,
  notes: [],
  ...more,
});

const format = (data: BisectReport, quiet = false): string =>
  formatBisectText(data, { color: false, quiet, verbose: false });

describe('the text of a search', () => {
  it('says of each candidate what came of it', () => {
    const text = format(
      report({
        candidates: [
          tried('7.2', 'A'),
          { ...base('8.2'), state: 'unusable', reason: 'it does not run' },
          { ...base('9.0'), state: 'untried' },
          {
            ...base('10.0'),
            state: 'tried',
            group: 'B',
            behaviour: { observation: seen('B') },
            likeNative: true,
          },
        ],
        changes: [change('7.2', '10.0')],
        isWhole: false,
        notes: ['Debian x is not there'],
      }),
    );
    expect(text).toMatch(/^ {2}7\.2 +A +PATH$/m);
    expect(text).toMatch(/^ {2}8\.2 +! {2}cannot be used: it does not run +PATH$/m);
    expect(text).toMatch(/^ {2}9\.0 +- {2}not tried +PATH$/m);
    expect(text).toMatch(/^ {2}10\.0 +B {2}as on native +PATH$/m);
    expect(text).toContain('It changes in (7.2, 10.0].\nThat it changes once is assumed');
    expect(text).toContain('note: Debian x is not there');
  });

  it('lists all changes where there are several', () => {
    const data = report({
      candidates: [tried('7', 'A'), tried('8', 'B'), tried('9', 'A')],
      changes: [change('7', '8'), change('8', '9')],
    });
    expect(format(data)).toContain('It changes 2 times: in (7, 8], (8, 9].');
    expect(format(data, true)).toBe('(7, 8]\n(8, 9]\n');
  });

  it('says where it varies from run to run', () => {
    const data = report({
      candidates: [tried('7', 'A', 'x'), tried('8', 'B')],
      changes: [change('7', '8')],
    });
    expect(format(data)).toContain('On 7 it varies from run to run.');
    const all = report({ candidates: [tried('7', 'A', 'x'), tried('8', 'A', 'y')] });
    expect(format(all)).toContain('It varies from run to run on all of them');
  });

  it('names the feature, and whether it turns the case alone', () => {
    const data = report({
      by: 'feature',
      candidates: [tried('max', 'A'), tried('max,sve=off', 'B')],
      changes: [{ ...change('max', 'max,sve=off'), bracket: 'sve=off' }],
      feature: { setting: 'sve=off', alone: false },
    });
    expect(format(data)).toContain('sve=off turns it together with those before it, not alone.');
    expect(format(data, true)).toBe('sve=off\n');
  });
});

describe('the exit code', () => {
  const one: TriedCandidate = { ...base('8'), state: 'unusable', reason: 'it does not run' };
  it.each<readonly [string, readonly TriedCandidate[], readonly FoundChange[], number]>([
    ['a change', [tried('7', 'A'), tried('8', 'B')], [change('7', '8')], 0],
    ['none', [tried('7', 'A'), tried('8', 'A')], [], 1],
    ['one that could be tried', [tried('7', 'A'), one], [], 4],
  ])('of %s', (_what, candidates, changes, code) => {
    expect(bisectExitCode(report({ candidates, changes }))).toBe(code);
  });
});

it('gives a program what was seen, and no lists of models', () => {
  const json = JSON.parse(formatBisectJson(report({ candidates: [tried('7', 'A', 'x')] }))) as {
    candidates: Record<string, unknown>[];
  };
  const attempts = [{ stdout: 'A' }, { stdout: 'x' }];
  expect(json.candidates).toMatchObject([
    { label: '7', state: 'tried', group: 'A', varies: true, attempts },
  ]);
  expect(json.candidates[0]?.['qemu']).not.toHaveProperty('cpus');
});
