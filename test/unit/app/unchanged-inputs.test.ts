import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UnchangedInputs } from '../../../src/app/unchanged-inputs.ts';
import type { CaseDefinition, OpenedBinary } from '../../../src/core/index.ts';
import { useTempDirectory } from '../record/record-files.ts';
import { survey } from '../record/merge/surveys.ts';
import { define } from '../report/make-result.ts';

const path = useTempDirectory();
const LANES = [{ id: 'native', platform: 'linux/amd64' }] as const;

const program = (sha256: string, more: Partial<OpenedBinary> = {}): OpenedBinary => ({
  ...{ platform: 'linux/amd64', path: '/app', sha256 },
  ...more,
});

interface Change {
  readonly before?: readonly OpenedBinary[];
  readonly now?: readonly OpenedBinary[];
  /** Of the earlier run, in hours from now. */
  readonly began?: number;
  /** What the record has of the case that it has not now. */
  readonly was?: Partial<CaseDefinition>;
  readonly lanes?: readonly { readonly id: string; readonly platform: 'linux/amd64' }[];
}

/** Whether a case has the inputs that it had in a run which began an hour from now, unless told otherwise. */
function isSame(more: Partial<CaseDefinition>, change: Change = {}): boolean {
  const { before = [program('1')], now = [program('1')], began = 1, lanes = LANES, was } = change;
  const definition = define('app', 'one', {
    subject: { kind: 'binary', paths: { 'linux/amd64': '/app' } },
    ...more,
  });
  const at = new Date(Date.now() + began * 3_600_000).toISOString();
  const record = { ...survey('r.ndjson', { start: { at } }), binaries: before };
  const inputs = new UnchangedInputs(record, { images: [], binaries: now });
  return inputs.areThoseOf(definition, { ...definition, ...was }, lanes);
}

describe('the program of a case', () => {
  it('is known by its content', () => {
    expect(isSame({})).toBe(true);
    expect(isSame({}, { now: [program('2')] })).toBe(false);
    expect(isSame({}, { before: [] })).toBe(false);
    // On no lane it runs, so it does not matter.
    expect(isSame({}, { now: [program('2')], lanes: [] })).toBe(true);
  });

  it('is told for one platform where one file is for several', () => {
    const before = [program('1', { platform: 'linux/arm64' })];
    expect(isSame({}, { before })).toBe(true);
  });

  it('is unknown where machines had several', () => {
    expect(isSame({}, { before: [program('1'), program('2')] })).toBe(false);
  });
});

describe('the files of a case', () => {
  mkdirSync(path('data/deep'), { recursive: true });
  writeFileSync(path('data/deep/one'), '1');
  symlinkSync('data', path('link'));
  symlinkSync('nowhere', path('data/dangling'));
  symlinkSync('loop', path('loop'));
  const binding = (source: string) => ({
    container: { binds: [{ source, target: '/x', readonly: true }] },
  });

  it.each<[string, Partial<CaseDefinition>]>([
    ['a fixture', { fixtures: [path('data')] }],
    ['a fixture behind a link', { fixtures: [path('link')] }],
    ['stdin', { stdin: { file: path('data/deep/one') } }],
    ['a bound file', binding(path('data/deep/one'))],
  ])('count as changed once they are written to, or lie elsewhere: %s', (_what, more) => {
    expect(isSame(more)).toBe(true);
    const elsewhere = {
      fixtures: [path('old/data')],
      stdin: { file: path('old/one') },
      ...binding(path('old/one')),
    };
    expect(isSame(more, { was: elsewhere })).toBe(false);
    expect(isSame(more, { began: -1 })).toBe(false);
  });

  it('count as changed where a copy kept the time of its original', () => {
    writeFileSync(path('copy'), '1');
    utimesSync(path('copy'), 1, 1);
    expect(isSame({ fixtures: [path('copy')] }, { began: -1 })).toBe(false);
  });

  it.each<[string, Partial<CaseDefinition>]>([
    ['a fixture that is not there', { fixtures: [path('none')] }],
    ['a link to itself', { fixtures: [path('loop')] }],
    ['a bound directory', binding(path('data'))],
  ])('count as changed where nobody can tell: %s', (_what, more) => {
    expect(isSame(more)).toBe(false);
  });
});
