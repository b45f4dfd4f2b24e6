import { expect, test } from 'vitest';
import type { ExplainedFinding } from '../../../../src/app/explain.ts';
import { formatExplainGithub } from '../../../../src/cli/explain-report/github.ts';

const FINDING: ExplainedFinding = {
  id: 'x',
  title: 'A: b, c',
  line: 7,
  count: 1,
  text: '100% wrong\r',
  excerpt: '100% wrong',
  excerptFrom: 7,
  cause: 'environment',
  explanation: 'why',
  now: { text: 'now', command: 'one\ntwo' },
  advice: 'properly',
  confidence: 0.9,
  source: 'https://example.com',
};

const report = (log: string, ...findings: readonly ExplainedFinding[]) => ({
  archparity: '1',
  log,
  lines: 9,
  findings,
});

test('escapes what separates properties and commands', () => {
  expect(formatExplainGithub(report('a,b.log', FINDING))).toBe(
    '::error file=a%2Cb.log,line=7,title=A%3A b%2C c (x)::100%25 wrong%0D%0ANow: now%0Aone%0Atwo%0AProperly: properly\n',
  );
});

test('stdin is no file, and what is not sure is a warning', () => {
  const text = formatExplainGithub(report('-', { ...FINDING, confidence: 0.6 }));
  expect(text).toMatch(/^::warning title=/);
});

test('ten at most', () => {
  const many = Array.from({ length: 12 }, () => FINDING);
  expect(
    formatExplainGithub(report('x', ...many))
      .trimEnd()
      .split('\n'),
  ).toHaveLength(10);
});
