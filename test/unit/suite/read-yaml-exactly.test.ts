import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../src/suite/read-yaml.ts';

function diagnosticsOf(text: string) {
  const reading = readYaml(text, 'x.yaml');
  if (!('diagnostics' in reading)) throw new Error('it was read');
  return reading.diagnostics;
}

function mistakesOf(text: string): string[] {
  return diagnosticsOf(text).map(
    ({ position: { line, column }, message, hint }) =>
      `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

function valueOf(text: string, merge?: boolean): unknown {
  const reading = readYaml(text, 'x.yaml', merge === undefined ? {} : { merge });
  if ('diagnostics' in reading) throw new Error(reading.diagnostics[0]?.message);
  return reading.value;
}

const list = (item: string, count: number) =>
  `[${Array.from({ length: count }, () => item).join()}]`;

describe('readYaml', () => {
  it.each([
    ['{a: 1, a: 2}', '1:8 the key "a"'],
    ['{a, a}', '1:5 the key "a"'],
    ['{b, a, a}', '1:8 the key "a"'],
    ['{"a":1,"a":2}', '1:8 the key "a"'],
    ["{'a b': 1, 'a b': 2}", '1:12 the key "a b"'],
    ['{"a\'s": 1, "a\'s": 2}', '1:12 the key "a\'s"'],
    ["'a\"s': 1\n'a\"s': 2\n", '2:1 the key "a\\"s"'],
    ['{"": 1, "": 2}', '1:9 the key ""'],
    ["{'': 1, '': 2}", '1:9 the key ""'],
    ['a-b.c/d: 1\na-b.c/d: 2\n', '2:1 the key "a-b.c/d"'],
    ['a: 1\na : 2\n', '2:1 the key "a"'],
  ])('names the key that is twice in %j', (text, start) => {
    expect(mistakesOf(text)).toEqual([`${start} is written twice (remove one of them)`]);
  });

  it.each([
    [
      'a: "\\\u0007"',
      [
        '1:5 bad YAML: Invalid escape sequence \\\u{fffd} (in single quotes a backslash stands for itself)',
      ],
    ],
    ['a: !t {b: 1}', ['1:4 YAML tags are not supported: "!t" (remove the tag)']],
    ['a: 1\nb: !t 2\n', ['2:4 YAML tags are not supported: "!t" (remove the tag)']],
    [
      'a: [*b, 1]\n---\n',
      [
        '2:1 a suite file holds one YAML document, and another begins here (move it to a file of its own)',
      ],
    ],
    ['&a x: 1\nb: *a\n*a : 2\n', ['3:1 a key must be text']],
    ['{a: 1}: 2\n[b]: 3\n', ['1:1 a key must be text', '2:1 a key must be text']],
    ['? {a: 1}\n? b\n: 3\n', ['1:3 a key must be text']],
    ['a: *b\n? [1]\n: 2', ['1:4 the alias "*b" has no anchor before it', '2:3 a key must be text']],
    ['a: *b\nc: &b 1', ['1:4 the alias "*b" has no anchor before it']],
    ['a: &b {c: [1, *b]}', ['1:15 the alias "*b" is a part of itself']],
    ['a: &b [*b]\nc: *b', ['1:8 the alias "*b" is a part of itself']],
    ['&b a: 1\nc: *d', ['2:4 the alias "*d" has no anchor before it']],
  ])('finds the mistakes in %j', (text, expected) => {
    expect(mistakesOf(text)).toEqual(expected);
  });

  it.each([
    ['a: &b [1]\nc: *b', { a: [1], c: [1] }],
    ['[&b 1,*b]', [1, 1]],
    ['&b a: *b', { a: 'a' }],
    ['a: &b 1\nc: &b 2\nd: *b', { a: 1, c: 2, d: 2 }],
    ['a: &b {c: 1}\nd: {e: *b, f: [*b]}', { a: { c: 1 }, d: { e: { c: 1 }, f: [{ c: 1 }] } }],
    ['1: a\ntrue: b\n~: c\n1.5: d', { 1: 'a', true: 'b', '': 'c', 1.5: 'd' }],
    ['? a\n? b\n', { a: null, b: null }],
    ['yes', 'yes'],
    ['', null],
    ['a: "x\r\n  y"\r\n', { a: 'x y' }],
  ])('reads %j', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  it('merges mappings when it is told to', () => {
    const text = 'a: &a {b: 1}\nc: {<<: *a, d: 2}\n';
    expect(valueOf(text, true)).toMatchObject({ c: { b: 1, d: 2 } });
    for (const merge of [false, undefined])
      expect(valueOf(text, merge)).toMatchObject({ c: { '<<': { b: 1 }, d: 2 } });
  });

  it('reads aliases that stand for a million values, and not for one more', () => {
    // The root is one, "a" 1,000, "b" 998,001 and "c" the rest.
    const text = (rest: number) =>
      `a: &a ${list('1', 999)}\nb: ${list('*a', 998)}\nc: ${list('1', rest)}\n`;
    expect(valueOf(text(997))).toMatchObject({ c: { length: 997 } });
    expect(mistakesOf(text(998))).toEqual([
      '2:5 the aliases of this file stand for more than a million values',
    ]);
  });

  it('counts a value each time it is named, also within mappings', () => {
    const text = (size: number) =>
      `a: &a {x: ${list('1', 997)}}\nb: &b {x: *a, y: ${list('*a', size)}}\nc: *b\n`;
    expect(valueOf(text(498))).toBeTypeOf('object');
    expect(mistakesOf(text(502))).toEqual([
      '2:11 the aliases of this file stand for more than a million values',
    ]);
  });

  it('says once and without a hint what would exhaust the stack', () => {
    expect(diagnosticsOf('['.repeat(3000))).toMatchObject([
      { message: 'the YAML is nested too deeply to be read' },
    ]);
    expect(diagnosticsOf('['.repeat(3000))[0]).not.toHaveProperty('hint');
  });

  it.each([
    ['a: 1\r\nb: @x\r\nc: 2\r\n', '  1 | a: 1\n> 2 | b: @x\n    |    ^\n  3 | c: 2'],
    ['a: 1\nb: @x\n\n\n', '  1 | a: 1\n> 2 | b: @x\n    |    ^'],
    ['a: *nope', '> 1 | a: *nope\n    |    ^^^^^'],
    ['? [1, 2]\n: 3', '> 1 | ? [1, 2]\n    |   ^^^^^^\n  2 | : 3'],
  ])('shows the lines of %j', (text, frame) => {
    const [first] = diagnosticsOf(text);
    expect(first?.frame).toBe(frame);
    expect(first?.position.file).toBe('x.yaml');
  });
});
