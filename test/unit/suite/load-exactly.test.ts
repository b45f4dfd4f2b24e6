import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import { loadSuiteFile, type LoadSuiteOptions } from '../../../src/suite/load-suite-file.ts';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parity-load-exactly-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

async function errorOf(file: string, options?: LoadSuiteOptions) {
  const error: unknown = await loadSuiteFile(file, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof ArchParityError)) throw new Error('it was read');
  const { advice, cause, code, exitCode, message } = error;
  return { advice, cause, code, exitCode, message };
}

const subject = { kind: 'image', reference: 'oci:x' } as const;
const GOSS = 'command:\n  "echo {{.Env.A}} {{.Vars.b}}": {exit-status: 0}\n';
const TEST = '{"SchemaVersion": "2.0.0", "fileexistencetests": [{"name": "c", "path": "/x"}]}';

describe('a file of another tool', () => {
  it('has a name of its own, or the one that is given', async () => {
    const file = write('app.json', TEST);
    expect((await loadSuiteFile(file, { subject })).name).toBe('app');
    expect((await loadSuiteFile(file, { subject, name: 'n' })).name).toBe('n');
  });

  it('of JSON has its keys in any case', async () => {
    for (const name of ['keys.json', 'keys.JSON', 'keys.Json'])
      expect((await loadSuiteFile(write(name, TEST), { subject })).cases[0]?.name).toMatch(/c$/);
    // YAML knows their case.
    expect(await errorOf(write('keys.yaml', TEST), { subject })).toMatchObject({ exitCode: 2 });
  });

  it('is filled in with the environment and the variables that are given, and with nothing else', async () => {
    const file = write('g.yaml', GOSS);
    const varsFiles = [write('vars.yaml', 'b: two\n')];
    const filled = await loadSuiteFile(file, { subject, environment: { A: 'one' }, varsFiles });
    expect(JSON.stringify(filled.cases)).toContain('echo one two');
    expect(await errorOf(file, { subject })).toMatchObject({ code: 'GOSSFILE_INVALID' });
  });

  it('is asked for what lies over it by its absolute path', async () => {
    const asked: string[] = [];
    const findLayers = (wanted: string) => {
      asked.push(wanted);
      return Promise.resolve(undefined);
    };
    const file = write('layers.json', TEST);
    await loadSuiteFile(path.relative('.', file), { subject, findLayers });
    await loadSuiteFile(write('ours.yaml', 'version: 1\nname: s\ncases: [{name: c}]\n'), {
      subject,
      findLayers,
    });
    expect(asked).toEqual([file]);
  });
});

describe('a suite that cannot be read', () => {
  it('is not there, or leads through a file', async () => {
    for (const name of ['none.yaml', 'r.yaml/s.yaml']) {
      write('r.yaml', 'version: 1\n');
      const file = path.join(path.relative('.', directory), name);
      expect(await errorOf(file)).toMatchObject({
        code: 'SUITE_NOT_FOUND',
        message: `There is no suite ${file}.`,
        advice: `It was looked for at ${path.join(directory, name)}.`,
        exitCode: 2,
      });
    }
  });

  it('fails while it is read', async () => {
    const file = path.join(directory, 'memory.yaml');
    // The memory at address 0: EIO (proc(5)).
    symlinkSync('/proc/self/mem', file);
    expect(await errorOf(file)).toMatchObject({
      code: 'SUITE_UNREADABLE',
      message: `The suite ${file} cannot be read (EIO).`,
      advice: undefined,
      exitCode: 2,
    });
  });

  it.each([
    [8_388_608, 'SUITE_TYPE_UNKNOWN'],
    [8_388_609, 'SUITE_TOO_LARGE'],
  ])('has %d bytes: %s', async (size, code) => {
    const file = write('size.toml', '');
    truncateSync(file, size);
    const error = await errorOf(file);
    expect(error).toMatchObject({ code, exitCode: 2 });
    if (code !== 'SUITE_TOO_LARGE') return;
    expect(error.message).toBe(`${file} has 8388609 bytes; a suite may have 8388608.`);
    expect(error.advice).toBe('Split it into several suites.');
  });

  it('is a directory, or no regular file', async () => {
    expect(await errorOf(directory)).toMatchObject({
      code: 'SUITE_IS_DIRECTORY',
      message: `${directory} is a directory, not a suite.`,
      advice: 'Name the suite file in it.',
    });
    expect(await errorOf('/dev/null')).toMatchObject({
      code: 'SUITE_UNREADABLE',
      message: '/dev/null is not a regular file.',
      advice: 'Write it to a file.',
    });
  });

  it.each(['', ' ', '\n\t\n', '\u00a0', '# only\n', 'null'])('is empty: %j', async (text) => {
    const file = write('empty.yml', text);
    expect(await errorOf(file)).toMatchObject({
      code: 'SUITE_EMPTY',
      message: `The suite ${file} is empty.`,
      exitCode: 2,
    });
  });

  it.each([
    [
      'throws.mjs',
      'throw new Error("one\\ntwo");',
      'SUITE_IMPORT_FAILED',
      'cannot be imported: one',
    ],
    ['nothing.js', 'export const other = 1;', 'SUITE_NOT_EXPORTED', undefined],
    ['undefined.mts', 'export default undefined;', 'SUITE_NOT_EXPORTED', undefined],
  ])('is no module that exports one: %s', async (name, text, code, words) => {
    const file = write(name, text);
    expect(await errorOf(file)).toMatchObject({
      code,
      message:
        words === undefined ? `The module ${file} exports no suite.` : `The suite ${file} ${words}`,
      advice:
        words === undefined
          ? 'Write "export const suite = { version: 1, … }".'
          : 'Run it with node by itself to see the whole error.',
    });
  });

  it('is taken from "suite" before the default export', async () => {
    const suite = (name: string) => `{ version: 1, name: '${name}', cases: [{ name: 'c' }] }`;
    const file = write(
      'both.js',
      `export default ${suite('d')}; export const suite = ${suite('s')};`,
    );
    expect(await loadSuiteFile(file, { subject })).toMatchObject({ name: 's' });
  });
});
