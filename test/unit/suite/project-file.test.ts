import { describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import { parseProject } from '../../../src/suite/project-file.ts';

function mistakesOf(text: string): string[] {
  try {
    parseProject(text, 'archparity.yaml');
  } catch (error) {
    if (!(error instanceof ArchParityError)) throw error;
    expect(error).toMatchObject({ code: 'PROJECT_INVALID', exitCode: 2 });
    return error.diagnostics.map(
      ({ position: { file, line, column }, message, hint }) =>
        `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
    );
  }
  return [];
}

describe('parseProject', () => {
  it('reads lanes and pools', () => {
    const project = parseProject(
      'version: 1\nlanes:\n  pi: "ssh:pi@raspberry"\n  farm: [ssh:a@h1, ssh:a@h2]\n',
      'archparity.yaml',
    );
    expect([...project.lanes.values()]).toEqual([
      {
        name: 'pi',
        specs: ['ssh:pi@raspberry'],
        isPool: false,
        position: { file: 'archparity.yaml', line: 3, column: 7 },
      },
      {
        name: 'farm',
        specs: ['ssh:a@h1', 'ssh:a@h2'],
        isPool: true,
        position: { file: 'archparity.yaml', line: 4, column: 9 },
      },
    ]);
  });

  it('reads the quarantine', () => {
    const { quarantine } = parseProject(
      'quarantine:\n  - {cases: tag(slow), until: 2027-01-31, reason: why}\n',
      'archparity.yaml',
    );
    expect(quarantine).toEqual([
      {
        cases: 'tag(slow)',
        until: '2027-01-31',
        reason: 'why',
        position: { file: 'archparity.yaml', line: 2, column: 13 },
      },
    ]);
    expect(parseProject('quarantine: []', 'archparity.yaml').quarantine).toEqual([]);
  });

  it.each(['', '# nothing yet\n', 'lanes: {}\n'])('reads %j as a project without lanes', (text) => {
    expect(parseProject(text, 'archparity.yaml').lanes.size).toBe(0);
  });

  it.each([
    [
      'lane: {}',
      'archparity.yaml:1:1: unknown key "lane" in the project file (did you mean "lanes"?)',
    ],
    ['- a', 'archparity.yaml:1:1: the project file must be a mapping'],
    [
      'lanes: [a]',
      'archparity.yaml:1:8: "lanes" must be a mapping from names to lanes, not a list',
    ],
    ['lanes: {ssh: "ssh:pi"}', 'archparity.yaml:1:9: '],
    ['lanes: {a b: "ssh:pi"}', 'archparity.yaml:1:9: '],
    ['lanes: {pi: []}', 'archparity.yaml:1:13: '],
    ['lanes: {pi: 5}', 'archparity.yaml:1:13: '],
    ['lanes: {pi: ssh:a, pi: ssh:b}', 'archparity.yaml:1:20: the key "pi" is written twice'],
    ['version: 2', 'archparity.yaml:1:10: '],
    ['quarantine: {a: b}', 'archparity.yaml:1:13: "quarantine" must be a list'],
    [
      "quarantine: [{cases: ' ', until: 2027-01-31, reason: r}]",
      'archparity.yaml:1:22: "cases" cannot be empty',
    ],
    [
      'quarantine: [{cases: a, until: 2027-02-30, reason: r}]',
      'archparity.yaml:1:32: "until" must be a day such as 2027-06-30, not "2027-02-30" (the calendar',
    ],
    ['quarantine: [{cases: a, until: 2027-01-31}]', 'archparity.yaml:1:14: '],
    ['quarantine: [{cases: a, reason: r}]', 'archparity.yaml:1:14: '],
    ['quarantine: [{cases: a, until: 2027-01-31, reason: r, lane: vm}]', 'archparity.yaml:1:55: '],
  ])('refuses %s', (text, start) => {
    const [first = '', ...others] = mistakesOf(text);
    expect(first.startsWith(start), first).toBe(true);
    expect(others).toEqual([]);
  });
});
