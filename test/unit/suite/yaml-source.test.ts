import { describe, expect, it } from 'vitest';
import type { SuitePath } from '../../../src/suite/mistake.ts';
import { readYaml } from '../../../src/suite/read-yaml.ts';
import { createModuleSource, diagnose, type SuiteSource } from '../../../src/suite/suite-source.ts';

function sourceOf(text: string): SuiteSource {
  const reading = readYaml(text, 'x.yaml');
  if ('diagnostics' in reading) throw new Error(reading.diagnostics[0]?.message);
  return reading.source;
}

const TEXT = `name: s
list: [10, {a: 0x1F}]
empty:
1: one
same: &same {mode: 0644, text: "7"}
other: *same
none: ""
`;

describe('the source of a YAML text', () => {
  it.each([
    [[], '1:1', '1:1', 'in line 1', ''],
    [['name'], '1:1', '1:7', 'in line 1', '"name"'],
    [['list', 0], '2:8', '2:8', 'in line 2', '"list[0]"'],
    [['list', 1], '2:12', '2:12', 'in line 2', '"list[1]"'],
    [['list', 1, 'a'], '2:13', '2:16', 'in line 2', '"a"'],
    [['list', 1, 'b'], '2:12', '2:12', 'in line 2', '"b"'],
    [['list', 2], '2:1', '2:7', 'in line 2', '"list[2]"'],
    [['empty'], '3:1', '3:1', 'in line 3', '"empty"'],
    [['empty', 'x', 0], '3:1', '3:1', 'in line 3', '"x[0]"'],
    [[1], '4:1', '4:4', 'in line 4', '"[1]"'],
    [['1'], '4:1', '4:4', 'in line 4', '"1"'],
    [['other'], '6:1', '6:8', 'in line 6', '"other"'],
    [['other', 'mode'], '5:14', '5:20', 'in line 5', '"mode"'],
    [['none'], '7:1', '7:7', 'in line 7', '"none"'],
    [['nope', 'x'], '1:1', '1:1', 'in line 1', '"x"'],
    [['name', 'x', 1, 2], '1:1', '1:7', 'in line 1', '"x[1][2]"'],
    [[''], '1:1', '1:1', 'in line 1', '""'],
  ] as [SuitePath, string, string, string, string][])(
    'knows where %j is',
    (path, key, value, line, label) => {
      const source = sourceOf(TEXT);
      const at = (what: 'key' | 'value') => {
        const { position } = source.locate(path, what);
        expect(position.file).toBe('x.yaml');
        return `${position.line}:${position.column}`;
      };
      expect([at('key'), at('value'), source.refer(path), source.label(path)]).toEqual([
        key,
        value,
        line,
        label,
      ]);
    },
  );

  it.each([
    [['list', 0], '10'],
    [['list', 1, 'a'], '0x1F'],
    [['same', 'mode'], '0644'],
    [['other', 'mode'], '0644'],
    [['same', 'text'], undefined],
    [['name'], undefined],
    [['list'], undefined],
    [['empty'], undefined],
  ] as [SuitePath, string | undefined][])(
    'knows how the number at %j is written',
    (path, written) => {
      expect(sourceOf(TEXT).describeAt(path)).toBe(written);
    },
  );

  it('underlines a key or a value', () => {
    const source = sourceOf('a: 1\nkey: value # c\n');
    const frame = (mark: string) => `  1 | a: 1\n> 2 | key: value # c\n    | ${mark}`;
    expect(source.locate(['key'], 'key').frame).toBe(frame('^^^'));
    expect(source.locate(['key'], 'value').frame).toBe(frame('     ^^^^^'));
    expect(sourceOf('key:\n').locate(['key'], 'value').frame).toBe('> 1 | key:\n    | ^^^');
  });

  it('has the beginning of an empty text', () => {
    for (const text of ['', '\n\n', '# c\n']) {
      const source = sourceOf(text);
      expect(source.locate(['a'], 'key').position.column).toBe(1);
      expect(source.locate([], 'value').position.file).toBe('x.yaml');
    }
    const { position, frame } = sourceOf('').locate([], 'value');
    expect(position).toEqual({ file: 'x.yaml', line: 1, column: 1 });
    expect(frame).toBe('> 1 |\n    | ^');
  });
});

describe('the source of a module', () => {
  const source = createModuleSource('s.ts');

  it.each([
    [[], '', ''],
    [['cases', 0, 'env', 'A B'], 'cases[0].env["A B"]', 'cases[0].env["A B"]:'],
    [[0, 'a', '$b', '_c1'], '[0].a.$b._c1', '[0].a.$b._c1:'],
    [
      ['1a', 'a-b', '', 'a.b', 'ä', 'a$'],
      '["1a"]["a-b"][""]["a.b"]["ä"].a$',
      '["1a"]["a-b"][""]["a.b"]["ä"].a$:',
    ],
  ] as [SuitePath, string, string][])('names %j', (path, refer, label) => {
    expect([source.refer(path), source.label(path)]).toEqual([refer, label]);
    expect(source.locate(path, 'key')).toEqual({ position: { file: 's.ts', line: 1, column: 1 } });
    expect(source.describeAt(path)).toBeUndefined();
  });
});

describe('diagnose', () => {
  const source = sourceOf(TEXT);
  const one = (path: SuitePath, message: string, more = {}) => ({
    path,
    at: 'value' as const,
    message,
    ...more,
  });
  const shown = (given: SuiteSource, ...mistakes: Parameters<typeof diagnose>[0]) =>
    diagnose(mistakes, given).map(({ position: { line, column }, message, hint }) => ({
      at: `${line}:${column}`,
      message,
      ...(hint === undefined ? {} : { hint }),
    }));

  it('sorts by line and column, and says nothing twice', () => {
    expect(
      shown(
        source,
        one(['none'], 'c'),
        one(['list', 1], 'b'),
        one(['list', 0], 'a'),
        one(['list', 0], 'a', { hint: 'again' }),
        one(['list', 0], 'other'),
        one(['name'], 'first'),
      ),
    ).toEqual([
      { at: '1:7', message: '"name" first' },
      { at: '2:8', message: '"list[0]" a' },
      { at: '2:8', message: '"list[0]" other' },
      { at: '2:12', message: '"list[1]" b' },
      { at: '7:7', message: '"none" c' },
    ]);
  });

  it.each([
    ['unknown key', 'unknown key', 'unknown key', 'a: unknown key'],
    ['unknowns', '"name" unknowns', 'the suite unknowns', 'a: unknowns'],
    ['"x" is', '"x" is', '"x" is', 'a: "x" is'],
    ['the x', 'the x', 'the x', 'a: the x'],
    ['then', '"name" then', 'the suite then', 'a: then'],
    ['an x', 'an x', 'an x', 'a: an x'],
    ['answers', '"name" answers', 'the suite answers', 'a: answers'],
    ['says the x', '"name" says the x', 'the suite says the x', 'a: says the x'],
  ])('puts the place before %j where it names none', (message, ofKey, ofAll, ofModule) => {
    expect(shown(source, one(['name'], message))[0]?.message).toBe(ofKey);
    expect(shown(source, one([], message))[0]?.message).toBe(ofAll);
    expect(shown(createModuleSource('s.ts'), one(['a'], message))[0]?.message).toBe(ofModule);
  });

  it('refers to the other place', () => {
    const seeAlso = ['same', 'mode'];
    expect(
      shown(source, one(['name'], 'x', { seeAlso }), one(['list'], 'y', { seeAlso, hint: 'h' })),
    ).toEqual([
      { at: '1:7', message: '"name" x', hint: 'the other is in line 5' },
      { at: '2:7', message: '"list" y', hint: 'h; the other is in line 5' },
    ]);
    expect(diagnose([one(['a'], 'x')], createModuleSource('s.ts'))).toStrictEqual([
      { position: { file: 's.ts', line: 1, column: 1 }, message: 'a: x' },
    ]);
  });
});
