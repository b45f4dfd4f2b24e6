import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVars } from '../../../../src/suite/goss/read-vars.ts';
import { catchError } from '../list-mistakes.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parity-vars-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

describe('readVars', () => {
  it('takes the later of two variables', () => {
    const first = write('a.yaml', 'base: &b {x: 1}\na: {<<: *b, y: 2}\nb: 1\n');
    const second = write('b.json', '{"b": [2], "c": null}');
    expect(readVars([first, second])).toEqual({
      base: { x: 1 },
      a: { x: 1, y: 2 },
      b: [2],
      c: null,
    });
    expect(readVars([])).toEqual({});
    expect(readVars([write('empty.yaml', '')])).toEqual({});
  });

  it.each([
    ['- 1', 'The file of variables FILE is no mapping.'],
    ['text', 'The file of variables FILE is no mapping.'],
    ['a: 1\n b: 2', 'FILE:1:4: bad YAML'],
    ['a: 1\na: 2', 'FILE:2:1: the key "a" is written twice.'],
  ])('refuses %j', (text, message) => {
    const file = write('bad.yaml', text);
    const error = catchError(() => readVars([file]));
    expect(error).toMatchObject({ code: 'VARS_INVALID', exitCode: 2 });
    expect(error.message).toContain(message.replace('FILE', file));
  });

  it('refuses a file that is not there', () => {
    const file = join(directory, 'none.yaml');
    const error = catchError(() => readVars([file]));
    expect(error).toMatchObject({ code: 'VARS_INVALID', exitCode: 2 });
    expect(error.message).toContain(`The file of variables ${file} cannot be read: `);
  });
});
