import { symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  parseReporterRequest,
  parseReporterRequests,
  refuseRecords,
  refuseSameFile,
} from '../../../src/app/reporter-request.ts';
import { useTempDirectory } from '../record/record-files.ts';

const path = useTempDirectory();
const failing = (code: string): Error => expect.objectContaining({ code, exitCode: 2 }) as Error;

describe('parseReporterRequest', () => {
  it('reads a name, and a name with a file, which becomes absolute', () => {
    expect(parseReporterRequest('json')).toEqual({ name: 'json' });
    expect(parseReporterRequest('junit=out.xml')).toEqual({
      name: 'junit',
      file: resolve('out.xml'),
    });
    expect(parseReporterRequest('text=/a=b')).toEqual({ name: 'text', file: '/a=b' });
  });

  it.each([
    ['jsn', 'REPORTER_UNKNOWN'],
    ['', 'REPORTER_UNKNOWN'],
    ['toString', 'REPORTER_UNKNOWN'],
    ['=x', 'REPORTER_UNKNOWN'],
    ['json=', 'REPORTER_FILE_EMPTY'],
  ])('refuses "%s"', (text, code) => {
    expect(() => parseReporterRequest(text)).toThrow(failing(code));
  });
});

describe('parseReporterRequests', () => {
  it('adds the live one where nothing else writes to stdout', () => {
    expect(parseReporterRequests([])).toEqual([{ name: 'live' }]);
    expect(parseReporterRequests(['json=/x']).map(({ name }) => name)).toEqual(['json', 'live']);
    expect(parseReporterRequests(['json', 'junit=/x']).map(({ name }) => name)).toEqual([
      'json',
      'junit',
    ]);
  });

  it('refuses two in one file, however it is written', () => {
    const twice = failing('REPORTER_FILE_TWICE');
    expect(() => parseReporterRequests(['json=/x', 'junit=/y/../x'])).toThrow(twice);
    expect(() => refuseSameFile(parseReporterRequests(['json=/x']), '/x')).toThrow(twice);
    expect(parseReporterRequests(['json=/dev/null', 'junit=/dev/null'])).toHaveLength(3);
  });

  it('adds text only where nothing was asked for', () => {
    const standard = { standard: 'text' } as const;
    const namesOf = (...texts: readonly string[]) =>
      parseReporterRequests(texts, { ...standard, ci: { name: 'gitlab' } }).map(({ name }) => name);
    expect(parseReporterRequests([], standard)).toEqual([{ name: 'text' }]);
    expect(namesOf()).toEqual(['text', 'junit']);
    expect(namesOf('json=/x')).toEqual(['json']);
    expect(() => namesOf('json', 'tap')).toThrow(failing('REPORTERS_ON_STDOUT'));
  });

  it('refuses two on stdout', () => {
    expect(() => parseReporterRequests(['json', 'text'])).toThrow(failing('REPORTERS_ON_STDOUT'));
  });
});

describe('refuseRecords', () => {
  it('refuses a report in the place of a record, by whatever path', () => {
    writeFileSync(path('r.ndjson'), '');
    symlinkSync('r.ndjson', path('link'));
    const overwrites = failing('REPORTER_OVERWRITES');
    const check = (name: string): void => {
      refuseRecords(parseReporterRequests([`json=${path(name)}`]), [path('r.ndjson')]);
    };
    for (const name of ['r.ndjson', './x/../r.ndjson', 'link'])
      expect(() => check(name), name).toThrow(overwrites);
    check('other.json');
    refuseRecords(parseReporterRequests(['json=/dev/null', 'tap']), ['/dev/null']);
  });
});
