import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import { loadSuiteFile } from '../../../src/suite/index.ts';
import { SUITE_HEAD } from './list-mistakes.ts';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parity-load-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

async function codeOf(file: string): Promise<string> {
  try {
    await loadSuiteFile(file);
  } catch (thrown) {
    if (!(thrown instanceof ArchParityError)) throw thrown;
    expect(thrown.exitCode).toBe(2);
    expect(thrown.message).toContain(file);
    return thrown.code;
  }
  return 'none';
}

const GOOD = `${SUITE_HEAD}cases: [{name: c}]\n`;
const OBJECT = `{ version: 1, name: 's', subject: { image: 'dir:x' }, cases: [{ name: 'c' }] }`;

describe('loadSuiteFile', () => {
  it.each(['a.yaml', 'a.yml', 'A.YAML'])('reads %s', async (name) => {
    const suite = await loadSuiteFile(write(name, GOOD));
    expect(suite.file).toBe(path.join(directory, name));
    expect(suite.cases[0]?.subject).toEqual({ kind: 'image', reference: `oci:${directory}/x` });
  });

  it('reads a byte order mark away', async () => {
    const suite = await loadSuiteFile(write('bom.yaml', `\ufeff${GOOD}`));
    expect(suite.cases[0]?.position).toMatchObject({ line: 4, column: 9 });
  });

  it.each([
    ['named.mjs', `export const suite = ${OBJECT};`],
    ['default.mjs', `export default ${OBJECT};`],
    [
      'typed.ts',
      `type Name = string; const name: Name = 's'; export const suite = { ...${OBJECT}, name };`,
    ],
  ])('imports %s', async (name, source) => {
    const suite = await loadSuiteFile(write(name, source));
    expect(suite.cases.map(({ id, subject }) => [id, subject])).toEqual([
      ['s/c', { kind: 'image', reference: `dir:${directory}/x` }],
    ]);
    expect(suite.cases[0]).not.toHaveProperty('position');
  });

  it('has a code for each way in which there is no suite', async () => {
    const large = write('large.yaml', '');
    truncateSync(large, 9 * 1024 ** 2);
    mkdirSync(path.join(directory, 'd.yaml'));
    symlinkSync('/dev/null', path.join(directory, 'null.yaml'));
    const codes = await Promise.all(
      [
        path.join(directory, 'nope.yaml'),
        path.join(directory, 'd.yaml'),
        path.join(directory, 'null.yaml'),
        large,
        write('empty.yaml', ' \n'),
        write('latin1.yaml', Buffer.from('name: \xe9', 'latin1')),
        write('utf16.yaml', Buffer.from(`\ufeff${GOOD}`, 'utf16le')),
        write('suite.toml', 'version = 1'),
        write('broken.mjs', 'export const suite = ;'),
        write('throws.mjs', 'throw new Error("no");'),
        write('other.mjs', 'export const other = 1;'),
        write('wrong.mjs', 'export const suite = { version: 1 };'),
        write('wrong.yaml', 'version: 1'),
      ].map(codeOf),
    );
    expect(codes).toEqual([
      'SUITE_NOT_FOUND',
      'SUITE_IS_DIRECTORY',
      'SUITE_UNREADABLE',
      'SUITE_TOO_LARGE',
      'SUITE_EMPTY',
      'SUITE_NOT_UTF8',
      'SUITE_NOT_UTF8',
      'SUITE_TYPE_UNKNOWN',
      'SUITE_IMPORT_FAILED',
      'SUITE_IMPORT_FAILED',
      'SUITE_NOT_EXPORTED',
      'SUITE_INVALID',
      'SUITE_INVALID',
    ]);
  });

  it('says what is wrong with a file', async () => {
    const messageOf = async (file: string): Promise<readonly (string | undefined)[]> => {
      const error: unknown = await loadSuiteFile(file).catch((thrown: unknown) => thrown);
      if (!(error instanceof ArchParityError)) throw new Error('it was read');
      return [error.message, error.advice];
    };
    const bytes = (name: string, ...start: number[]): string =>
      write(name, Buffer.from([...start, 0xff]));
    const plain = write('plain.yaml', GOOD);
    const below = path.join(plain, 'suite.yaml');
    const nowhere = path.join(directory, 'nope.yaml');
    const missing = (file: string) => [
      `There is no suite ${file}.`,
      `It was looked for at ${file}.`,
    ];
    expect(await messageOf(nowhere)).toEqual(missing(nowhere));
    expect(await messageOf(below)).toEqual(missing(below));
    for (const [name, start, words] of [
      ['le.yaml', [0xff, 0xfe], ' but UTF-16'],
      ['be.yaml', [0xfe, 0xff], ' but UTF-16'],
      ['fe.yaml', [0xfe, 0x20], ''],
      ['ff.yaml', [0xff, 0x20], ''],
      ['not-le.yaml', [0x20, 0xfe], ''],
      ['not-be.yaml', [0x20, 0xff], ''],
    ] as const) {
      const file = bytes(name, ...start);
      expect(await messageOf(file)).toEqual([
        `The suite ${file} is not UTF-8${words}.`,
        'Save it as UTF-8.',
      ]);
    }
    const toml = write('words.toml', '');
    expect(await messageOf(toml)).toEqual([
      `${toml} is no suite: its name ends in none of .yaml, .yml, .json, .ts, .mts, .js, .mjs.`,
      'Rename it, or write "--" before the arguments of a command.',
    ]);
    const broken = write('lines.mjs', 'throw new Error("one\\ntwo");');
    expect((await messageOf(broken))[0]).toBe(`The suite ${broken} cannot be imported: one`);
  });
});
