import { describe, expect, test } from 'vitest';
import { createRewriters, normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { makeRewriters, PLATFORMS } from './normalise-data.ts';

describe('time', () => {
  test.each([
    ['2026-03-14T01:02:03Z', '<time>'],
    ['2026-03-14T01:02:03.456789+01:00 started', '<time> started'],
    ['2025-12-01 01:02:03,456 INFO', '<time> INFO'],
    ['2026/03/14 01:02:03 listening', '<time> listening'],
    ['20260314T010203Z', '<time>'],
    ['Date: Sat, 14 Mar 2026 01:02:03 +0000', 'Date: <time>'],
    ['Last-Modified: Sat, 14 Mar 2026 01:02:03 GMT', 'Last-Modified: <time>'],
    ['Sat Mar 14 01:02:03 UTC 2026', '<time>'],
    ['Sat Mar  7 01:02:03 AM UTC 2026', '<time>'],
    ['Sat Mar 14 01:02:03 2026', '<time>'],
    ['[14/Mar/2026:01:02:03 +0000]', '[<time>]'],
    ['Mar 14 01:02:03 host app', '<time> host app'],
    ['at 9:02:03', 'at <time>'],
    ['today is 2026-03-14.', 'today is <time>.'],
    ['now 1773450000', 'now <time>'],
    ['now 1773450000123', 'now <time>'],
    ['now 1773450000.123456', 'now <time>'],
    ['real\t0m0.012s', 'real <duration>'],
    ['done in 1.2 ms', 'done in <duration>'],
    ['took   12.34ms', 'took <duration>'],
    ['1h2m3.5s', '<duration>'],
    ['(0.003 sec)', '(<duration>)'],
    ['3 seconds', '<duration>'],
    ['0.01user 0.00system 0:00.05elapsed', '<duration> <duration> <duration>'],
    ['7µs', '<duration>'],
    ['2000-01-01T00:00:00Z', '<time>'],
    ['2027-12-31T23:59:59Z', '<time>'],
    ['2026-03-12 and 2026-03-16', '<time> and <time>'],
    ['01 Jan 2026 01:02:03 +20260', '<time> +20260'],
  ])('%j becomes %j', (text, wanted) => {
    expect(normaliseText(text, makeRewriters(['time']))).toBe(wanted);
  });

  test.each([
    'version 1.2.3',
    'app 1.2.3s',
    'v10.20.30-rc1',
    '12345',
    '1234567890',
    'port 8080',
    '00:11:22:33:44:55',
    'fe80::1:2:3',
    '1970-01-01T00:00:00Z',
    '1901-12-13T20:45:52Z',
    'Tue Jan 19 03:14:07 UTC 2038',
    'released 2019-05-06',
    '1999-12-31T23:59:59Z',
    '2028-01-01T00:00:00Z',
    '2026-03-11',
    '2026-03-17',
    '5 m long',
    '3 items',
    'ratio 16:9:1',
    '99:99:99',
  ])('keeps %j', (text) => {
    expect(normaliseText(text, makeRewriters(['time']))).toBe(text);
  });

  test.each([
    ['2000-01-01T00:00:00Z', '<time>'],
    ['2037-12-31T23:59:59Z', '<time>'],
    ['2038-01-01T00:00:00Z', '2038-01-01T00:00:00Z'],
  ])('reads %j as %j without a day', (text, wanted) => {
    const blind = createRewriters(['time'], { platforms: PLATFORMS });
    expect(normaliseText(text, blind)).toBe(wanted);
  });

  test('takes no number for an epoch without a day', () => {
    const blind = createRewriters(['time'], { platforms: PLATFORMS });
    expect(normaliseText('1773450000 2026-03-14', blind)).toBe('1773450000 2026-03-14');
  });
});
