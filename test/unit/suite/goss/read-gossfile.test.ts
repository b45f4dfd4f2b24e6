import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGossfile } from '../../../../src/suite/goss/read-gossfile.ts';
import { catchError } from '../list-mistakes.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parity-gossfile-'));
  mkdirSync(path.join(directory, 'd'));
  write('a.yaml', 'user: {a: {exists: false}}\n');
  write('b.yaml', 'user: {b: {exists: true}}\n');
  write('d/c.yaml', 'gossfile: {../a.yaml: {}}\ngroup: {c: {exists: true}}\n');
  write('d/x[1].yaml', 'user: {x: {exists: true}}\n');
  write('self.yaml', 'gossfile: {self.yaml: {}}\n');
  write('round.yaml', 'gossfile: {d/trip.yaml: {}}\n');
  write('d/trip.yaml', 'gossfile: {../round.yaml: {}}\n');
  write('bad.yaml', 'user: {a: {}}\n');
  write(
    'vars.yaml',
    'user: {"{{ .Vars.name }}{{ .Env.E }}{{ readFile "d/text" }}": {exists: true}}\n',
  );
  for (const id of [2, 0, 3, 1]) write(`d/s${id}.yaml`, `user: {${id}: {exists: true}}\n`);
  write('d/text', 'T\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(path.join(directory, name), text);
}

function read(text: string, name = 'goss.yaml') {
  return readGossfile(text, path.join(directory, name), {
    vars: { name: 'n' },
    environment: { E: 'e', NOT: undefined },
  });
}

const keysOf = (text: string): string[] => read(text).map(({ kind, id }) => `${kind} ${id}`);

function mistakesOf(text: string): string[] {
  const { diagnostics } = catchError(() => read(text));
  return diagnostics.map(({ position: { line, column, file }, message, hint }) =>
    `${path.relative(directory, file)}:${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`.replaceAll(
      directory,
      'DIR',
    ),
  );
}

describe('readGossfile', () => {
  it('knows where each resource is', () => {
    expect(read('user:\n  a: {exists: true}\nunknown: {}\ngroup: {b: {exists: false}}\n')).toEqual([
      {
        ...{ kind: 'user', id: 'a', attributes: { exists: true } },
        position: { file: path.join(directory, 'goss.yaml'), line: 2, column: 3 },
      },
      {
        ...{ kind: 'group', id: 'b', attributes: { exists: false } },
        position: { file: path.join(directory, 'goss.yaml'), line: 4, column: 9 },
      },
    ]);
  });

  it.each([
    ['', []],
    ['{}', []],
    ['user:', []],
    ['gossfile:', []],
    ['x: 1\nvariables: {a: 1}', []],
    ['user: {b: &u {exists: true}, a: {<<: *u}}', ['user b', 'user a']],
    ['user: {a: {exists: true}}\ngroup: {a: {exists: true}}', ['user a', 'group a']],
    ['service: {a: }', ['service a']],
    ['gossfile: {a.yaml: {}, b.yaml: }', ['user a', 'user b']],
    [
      'gossfile: {"?.yaml": {}, bad.yaml: {skip: true}}\nuser: {b: {exists: true}}',
      ['user b', 'user a'],
    ],
    ['gossfile: {one: {file: b.yaml}}', ['user b']],
    ['gossfile: {b.yaml: {file: 1}}', ['user b']],
    ['gossfile: {b.yaml: {skip: true}}', []],
    ['gossfile: {b.yaml: {skip: false}}', ['user b']],
    ['gossfile: {"[ab].yaml": {}, one: {file: a.yaml, skip: true}}', ['user b']],
    ['gossfile: {none.yaml: {skip: true}}', []],
    ['gossfile: {d/c.yaml: {}}', ['group c', 'user a']],
    ['gossfile: {a.yaml: {}, d/c.yaml: {}}', ['user a', 'group c']],
    ['gossfile: {"d/x[1].yaml": {}}', ['user x']],
    ['gossfile: {"d/s?.yaml": {}}', ['user 0', 'user 1', 'user 2', 'user 3']],
    ['gossfile: {vars.yaml: {}}', ['user neT']],
    ['user: {"{{ .Vars.name }}": {exists: true}}', ['user n']],
    ['user: {"}}": {exists: true}}', ['user }}']],
  ])('%j has %j', (text, keys) => {
    expect(keysOf(text)).toEqual(keys);
  });

  it('takes the included of two', () => {
    const [user] = read('user: {a: {exists: true}}\ngossfile: {d/c.yaml: {}}');
    expect(user).toMatchObject({
      attributes: { exists: false },
      position: { file: path.join(directory, 'a.yaml') },
    });
  });

  it.each([
    ['mode: 0644', { mode: 420 }],
    ['mode: "0644"', { mode: '0644' }],
    ['size: 0', { size: 0 }],
    ['size: 644', { size: 644 }],
    ['size: 0689', { size: 689 }],
    ['size: 1007', { size: 1007 }],
    ['size: 0.5', { size: 0.5 }],
    ['size: {or: [010, {gt: 011}]}', { size: { or: [8, { gt: 9 }] } }],
    ['contains: [010, 1, null]', { contains: [8, 1, null] }],
  ])('reads numbers as goss does: %s', (written, attributes) => {
    const [file] = read(`file: {/a: {exists: true, ${written}}}`);
    expect(file?.attributes).toEqual({ exists: true, ...attributes });
  });

  it.each([
    ['resolveable: true', { resolvable: true }],
    ['resolvable: false, server: a', { resolvable: false, server: 'a' }],
    ['resolveable: {not: false}, timeout: 1', { resolvable: { not: false }, timeout: 1 }],
  ])('reads both names of an attribute: %s', (written, attributes) => {
    expect(read(`dns: {a: {${written}}}`)[0]?.attributes).toEqual(attributes);
  });

  it.each([
    [
      'a: [',
      [
        'goss.yaml:1:5 bad YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    ['- a', ['goss.yaml:1:1 the file must be a mapping of resources']],
    ['text', ['goss.yaml:1:1 the file must be a mapping of resources']],
    [
      'fiel: {}\nusr: {}',
      [
        'goss.yaml:1:1 unknown resource "fiel" (did you mean "file"?)',
        'goss.yaml:2:1 unknown resource "usr" (did you mean "user"?)',
      ],
    ],
    ['gosfile: {}', ['goss.yaml:1:1 unknown resource "gosfile" (did you mean "gossfile"?)']],
    ['user: [a]', ['goss.yaml:1:7 "user" must be a mapping of resources']],
    [
      'user: {a: [1]}\ngroup: {b: 1}',
      [
        'goss.yaml:1:11 "a" must be a user of goss (a mapping), not a list',
        'goss.yaml:2:12 "b" must be a group of goss (a mapping), not 1',
      ],
    ],
    [
      'user: {a: {resolveable: true, exists: true}}',
      [
        'goss.yaml:1:12 unknown key "resolveable" in a user of goss (the keys here are exists, uid, gid, groups, home, shell, title, meta, skip, username)',
      ],
    ],
    ['dns: {a: [1]}', ['goss.yaml:1:10 "a" must be a dns of goss (a mapping), not a list']],
    ['dns: {a: {}}', ['goss.yaml:1:10 "resolvable" is missing (it must be a value or a matcher)']],
    ['gossfile: [a]', ['goss.yaml:1:1 "gossfile" must be a mapping of files']],
    [
      'gossfile: {none.yaml: {}}',
      ['goss.yaml:1:12 "none.yaml" names no file that exists (it was looked for in DIR)'],
    ],
    [
      'gossfile: {a: {file: "*.json"}}',
      ['goss.yaml:1:12 "a" names no file that exists (it was looked for in DIR)'],
    ],
    [
      'gossfile: {goss.yaml: {}}',
      ['goss.yaml:1:12 "goss.yaml" names no file that exists (it was looked for in DIR)'],
    ],
    [
      'gossfile: {self.yaml: {}}',
      ['self.yaml:1:12 "self.yaml" includes DIR/self.yaml, which includes it'],
    ],
    [
      'gossfile: {round.yaml: {}}',
      ['d/trip.yaml:1:12 "../round.yaml" includes DIR/round.yaml, which includes it'],
    ],
    [
      'gossfile: {bad.yaml: {}}',
      ['bad.yaml:1:11 "exists" is missing (it must be a value or a matcher)'],
    ],
    [
      'user:\n  a: {{ .none }}',
      [
        'goss.yaml:2:8 there is no "none" here (the template is Go’s text/template with .Env, .Vars and most of Sprig)',
      ],
    ],
    [
      '{{ .Env.NOT }}',
      [
        'goss.yaml:1:3 there is no "NOT" here (the template is Go’s text/template with .Env, .Vars and most of Sprig)',
      ],
    ],
  ])('refuses %j', (text, mistakes) => {
    expect(mistakesOf(text)).toEqual(mistakes);
  });

  it('counts the mistakes', () => {
    const file = path.join(directory, 'goss.yaml');
    const advice = 'Correct the places named: goss does not run it either.';
    const common = { code: 'GOSSFILE_INVALID', exitCode: 2, advice };
    expect(catchError(() => read('fiel: {}'))).toMatchObject({
      ...common,
      message: `The goss file ${file} has a mistake.`,
    });
    expect(catchError(() => read('fiel: {}\nusr: {}'))).toMatchObject({
      ...common,
      message: `The goss file ${file} has 2 mistakes.`,
    });
  });

  it('knows that a file includes itself by its own name', () => {
    expect(() => read('gossfile: {self.yaml: {}}', 'self.yaml')).toThrow('has a mistake');
  });
});
