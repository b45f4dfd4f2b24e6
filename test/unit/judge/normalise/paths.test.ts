import { describe, expect, test } from 'vitest';
import { normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { isRandomName } from '../../../../src/judge/normalise/paths.ts';
import { makeRewriters } from './normalise-data.ts';

test.each([
  ['tmp.Ab3dEf9h1K', true],
  ['tmpab3d_f9h', true],
  ['tmpab3d_f9h.txt', true],
  ['build1234567890', true],
  ['ccAb3dEf.s', true],
  ['app-Ab3dEf', true],
  ['tmp.abcdef', true],
  ['ccAb3dEf.json', true],
  ['app-aBcdef', true],
  ['app-1b2aaa', true],
  ['app-1bc2aa', true],
  ['app-aaa1b2', true],
  ['report.txt', false],
  ['my-directory', false],
  ['app-Config', false],
  ['app-1.2.3', false],
  ['report-2024', false],
  ['template', false],
  ['atmp.abcdef', false],
  ['tmp.abcdef-x', false],
  ['tmp.abc', false],
  ['xtmpab3d_f9h', false],
  ['tmpab3d_f9h-x', false],
  ['a123456b', false],
  ['accAb3dEf', false],
  ['app-Ab3dEf-x', false],
  ['app-123ABC', false],
  ['app-123abc', false],
])('%s is drawn at random: %s', (name, random) => {
  expect(isRandomName(name)).toBe(random);
});

describe('paths', () => {
  test.each([
    ['/tmp/tmp.Ab3dEf9h1K', '/tmp/<path>'],
    ['/tmp/tmpab3d_f9h/file', '/tmp/<path>/file'],
    ['/tmp/go-build1234567890', '/tmp/<path>'],
    ['/var/tmp/app-Xy12Zw', '/var/tmp/<path>'],
    ['/proc/self/fd/12', '/proc/self/fd/<fd>'],
    ['/dev/fd/63', '/dev/fd/<fd>'],
    ['/proc/123/exe', '/proc/<pid>/exe'],
    ['/proc/123/fd/4', '/proc/<pid>/fd/<fd>'],
    ['/dev/pts/3', '/dev/pts/<pts>'],
    ['pipe:[12345]', 'pipe:[<inode>]'],
  ])('%j becomes %j', (text, wanted) => {
    expect(normaliseText(text, makeRewriters(['paths']))).toBe(wanted);
  });

  test.each([
    '/tmp/results.txt',
    '/tmp/release-candidate',
    '/tmp/report-2024',
    '/proc/cpuinfo',
    '/srv/tmp/tmp.Ab3dEf9h1K',
    '/tmp/my-Config',
    '/tmp/libfoo.so.1',
  ])('keeps %j', (text) => {
    expect(normaliseText(text, makeRewriters(['paths']))).toBe(text);
  });
});
