import { describe, expect, test } from 'vitest';
import { normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { createPathsRewriter, isRandomName } from '../../../../src/judge/normalise/paths.ts';
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
  ['tmp.abcde', false],
  ['tmpabcdefgh', true],
  ['tmpabcdefg', false],
  ['tmpabcdefghi', false],
  ['tmpAbcdefgh', false],
  ['tmpabcdefgh.a', true],
  ['tmpabcdefgh.abcdefgh', true],
  ['tmpabcdefgh.abcdefghi', false],
  ['tmpabcdefgh.', false],
  ['x123456', true],
  ['x12345', false],
  ['app-aB1de', false],
  ['app-aB1def2hi3kl', true],
  ['app-aB1def2hi3klm', false],
  ['app_Ab3dEf', true],
  ['app.Ab3dEf', true],
  ['app+Ab3dEf', false],
  ['appAb3dEf', false],
  ['ccAb3dEf', true],
  ['ccAb3dEf.j', true],
  ['ccAb3dEf.', false],
  ['ccAb3dEf.jsonx', false],
  ['ccAb3dE', false],
  ['app-ABcdef', false],
  ['app-ABCdEF', true],
  ['app-abcde1', false],
  ['app-1abcde', false],
  ['app-aa1234', false],
  ['app-ABC1D2', true],
  ['app-ABC12D', false],
  ['app-ABCDEF', false],
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
    ['socket:[1]', 'socket:[<inode>]'],
    ['/var/tmp/tmp.Ab3dEf9h1K/x', '/var/tmp/<path>/x'],
    ['/proc/thread-self/fd/5', '/proc/thread-self/fd/<fd>'],
    ['/proc/1234567890/fd/1234567890', '/proc/<pid>/fd/<fd>'],
    ['/proc/1/fd', '/proc/<pid>/fd'],
    ['file:/dev/pts/12 (/dev/pts/0)', 'file:/dev/pts/<pts> (/dev/pts/<pts>)'],
    ['/tmp/results and /tmp/x-Ab3dEf', '/tmp/results and /tmp/<path>'],
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
    '/tmp/ccb',
    '/TMP/tmp.Ab3dEf9h1K',
    '/proc/12',
    '/proc/12345678901/exe',
    '/proc/selves/fd/1',
    '/dev/fd/x',
    '/dev/fd/12a',
    '/dev/pts/ptmx',
    './dev/pts/1',
    '-/dev/pts/1',
    'x/dev/pts/1',
    '<path>/dev/pts/1',
    'apipe:[1]',
    'pipe:[x]',
    'pipe:[]',
    'pipe:1',
    'fifo:[1]',
  ])('keeps %j', (text) => {
    expect(normaliseText(text, makeRewriters(['paths']))).toBe(text);
  });

  test('tells what it took away, and nothing of what it left', () => {
    expect(createPathsRewriter().rewrite('/tmp/results /dev/fd/3 /proc/7/exe')).toEqual({
      text: '/tmp/results /dev/fd/<fd> /proc/<pid>/exe',
      originals: ['/dev/fd/3', '/proc/7'],
    });
  });
});
