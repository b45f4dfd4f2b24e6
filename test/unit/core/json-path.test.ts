import { describe, expect, it } from 'vitest';
import { formatJsonPlace, parseJsonPath, selectsPlace } from '../../../src/core/index.ts';

describe('a JSON path', () => {
  it.each<[string, (string | number)[], boolean]>([
    ['$.time', ['time'], true],
    ['$.time', ['at', 'time'], false],
    ['$.time', [], false],
    ['$.items[0].id', ['items', 0, 'id'], true],
    ['$.items[0].id', ['items', 1, 'id'], false],
    ['$.items[*].id', ['items', 17, 'id'], true],
    ['$.*', ['anything'], true],
    ['$..id', ['id'], true],
    ['$..id', ['a', 3, 'b', 'id'], true],
    ['$..id', ['a', 'id', 'b'], false],
    ['$.a..b[*]', ['a', 'x', 'b', 2], true],
    ['$..[1]', ['x', 1], true],
    [`$['a b']["c.d"]`, ['a b', 'c.d'], true],
    ['$.naïve_name-2', ['naïve_name-2'], true],
  ])('%s selects %j: %s', (text, place, selects) => {
    const path = parseJsonPath(text);
    if (path === undefined) throw new Error('no path');
    expect(selectsPlace(path, place)).toBe(selects);
  });

  it.each([
    '',
    '$',
    'time',
    '$.',
    '$[',
    '$[01]',
    '$[-1]',
    '$.a b',
    '$[1:2]',
    '$[?(@.x)]',
    '$...a',
    '$a',
  ])('%j is none', (text) => {
    expect(parseJsonPath(text)).toBeUndefined();
  });

  it('is how a place is written', () => {
    expect(formatJsonPlace([])).toBe('$');
    const place = ['items', 3, 'a b', 'n'];
    expect(formatJsonPlace(place)).toBe('$.items[3]["a b"].n');
    const path = parseJsonPath(formatJsonPlace(place));
    expect(path !== undefined && selectsPlace(path, place)).toBe(true);
  });
});
