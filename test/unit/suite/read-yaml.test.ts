import { describe, expect, it } from 'vitest';
import { parseSuite } from '../../../src/suite/index.ts';
import { catchError, listMistakes, suiteWithCase } from './list-mistakes.ts';

const BAD_YAML: readonly (readonly [string, readonly string[]])[] = [
  ['a: 1\na: 2\n', ['2:1 the key "a" is written twice (remove one of them)']],
  ['\ta: 1\n', ['1:1 tabs cannot indent YAML (indent with spaces)']],
  [
    'a: [1\nb: 2\n',
    [
      '2:1 bad YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ],
  [
    'a: @b\n',
    ['1:4 bad YAML: Plain value cannot start with reserved character @ (put the text in quotes)'],
  ],
  [
    'a: "\\q"\n',
    ['1:5 bad YAML: Invalid escape sequence \\q (in single quotes a backslash stands for itself)'],
  ],
  [
    'a: b: c\n',
    ['1:4 bad YAML: Nested mappings are not allowed in compact mappings (put the text in quotes)'],
  ],
  ['a: !x 1\n', ['1:4 YAML tags are not supported: "!x" (remove the tag)']],
  [
    'a: 1\n---\nb: 2\n',
    [
      '2:1 a suite file holds one YAML document, and another begins here (move it to a file of its own)',
    ],
  ],
  ['a: *nope\n', ['1:4 the alias "*nope" has no anchor before it']],
  ['a: &a [*a]\n', ['1:8 the alias "*a" is a part of itself']],
  ['? [1]\n: 2\n', ['1:3 a key must be text']],
  ['!!binary aGVsbG8=: 2\n', ['1:10 a key must be text']],
  ['{', ['1:2 bad YAML: Flow map must end with a }']],
  ["'a b': 1\n'a b': 2\n", ['2:1 the key "a b" is written twice (remove one of them)']],
  ['a"b: 1\na"b: 2\n', ['2:1 the key "a\\"b" is written twice (remove one of them)']],
  [': 1\n: 2\n', ['2:1 the key "" is written twice (remove one of them)']],
  ['a: !<tag:x> 1\n', ['1:4 YAML tags are not supported: "!<tag:x>" (remove the tag)']],
  [
    'a: [*b, *c]\n',
    ['1:5 the alias "*b" has no anchor before it', '1:9 the alias "*c" has no anchor before it'],
  ],
  ['a: "x', ['1:6 bad YAML: Missing closing "quote']],
];

/** Ten million values in seven short lines. */
const ALIAS_BOMB = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]']
  .concat(
    ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map(
      ([from, to]) => `${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`,
    ),
  )
  .join('\n');

describe('readYaml', () => {
  it('refuses what would fill the memory', () => {
    expect(listMistakes(ALIAS_BOMB)).toEqual([
      '2:8 the aliases of this file stand for more than a million values',
    ]);
  });

  it('refuses what would exhaust the stack, with one message', () => {
    const mistakes = listMistakes('['.repeat(3000));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(/^1:\d+ the YAML is nested too deeply to be read$/);
    const expectation = '{not: '.repeat(2000) + '{contains: x}' + '}'.repeat(2000);
    expect(listMistakes(suiteWithCase(`expect: {stdout: ${expectation}}`))[0]).toMatch(
      /nested too deeply/,
    );
  });

  it('reads anchors and aliases, and places mistakes at the anchor', () => {
    const text = suiteWithCase('env: &env {A: x}').replace(
      'cases:',
      'defaults: {env: {B: y}}\ncases:\n  - {name: d, env: *env}',
    );
    expect(listMistakes(text)).toEqual(['6:20 the alias "*env" has no anchor before it']);
    const good = `${suiteWithCase('env: &env {A: x}')}  - {name: d, env: *env}\n`;
    expect(parseSuite(good, '/suites/s.yaml').cases[1]?.env).toEqual({ A: 'x' });
    const bad = `${suiteWithCase('env: &env {A: 1}')}  - {name: d, env: *env}\n`;
    expect(listMistakes(bad)).toEqual(['6:19 "A" must be text, not 1 (write it in quotes: "1")']);
  });

  it('reads YAML 1.2: yes and dates are texts', () => {
    const suite = parseSuite(suiteWithCase('run: [yes, 2027-06-30, off]'), '/suites/s.yaml');
    expect(suite.cases[0]?.command).toEqual({ kind: 'run', argv: ['yes', '2027-06-30', 'off'] });
  });

  it('counts lines with Windows line ends', () => {
    expect(listMistakes(suiteWithCase('tiemout: 1s').replaceAll('\n', '\r\n'))).toEqual([
      '6:5 unknown key "tiemout" in a case (did you mean "timeout"?)',
    ]);
  });

  it('shows the line of a slip, and says one thing of each place', () => {
    const { diagnostics } = catchError(() => parseSuite('a: 1\nb: [1\nc: 2\n', '/s.yaml'));
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.frame).toBe('  1 | a: 1\n  2 | b: [1\n> 3 | c: 2\n    | ^');
    expect('hint' in (diagnostics[0] ?? {})).toBe(false);
  });

  it.each(BAD_YAML)('places the mistake in %j', (text, expected) => {
    expect(listMistakes(text)).toEqual(expected);
  });
});
