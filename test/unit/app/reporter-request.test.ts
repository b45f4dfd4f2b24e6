import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  parseReporterRequest,
  parseReporterRequests,
  refuseSameFile,
} from '../../../src/app/reporter-request.ts';

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

  it('refuses two on stdout', () => {
    expect(() => parseReporterRequests(['json', 'text'])).toThrow(failing('REPORTERS_ON_STDOUT'));
  });
});
