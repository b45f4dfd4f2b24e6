import { describe, expect, test } from 'vitest';
import { normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { makeRewriters } from './normalise-data.ts';

describe('address', () => {
  test.each([
    ['<object at 0x7f12a4b3c9d0>', '<object at <address>>'],
    ['0x5500800000 0x00007ffc12345678', '<address> <address>'],
    ['0xffffffff81000000', '<address>'],
    ['main at 0x401136', 'main at <address>'],
    [
      '55e0c8a4f000-55e0c8a51000 r-xp 00002000 08:01 1234567                    /usr/bin/cat',
      '<address>-<address> r-xp /usr/bin/cat',
    ],
    ['7ffc1000-7ffc2000 rw-p 00000000 00:00 0', '<address>-<address> rw-p'],
  ])('%j becomes %j', (text, wanted) => {
    expect(normaliseText(text, makeRewriters(['address']))).toBe(wanted);
  });

  test.each(['0x20000', '0xdeadbeef', '0xff8800', '0x1', 'a0x7f12a4b3c9d0', '7f12a4b3c9d0'])(
    'keeps %j',
    (text) => {
      expect(normaliseText(text, makeRewriters(['address']))).toBe(text);
    },
  );

  test('takes no small number for a pointer where only 64-bit programs are compared', () => {
    expect(normaliseText('0x40800123', makeRewriters(['address']))).toBe('0x40800123');
  });

  test('knows the pointers of 32-bit programs where one is compared', () => {
    const narrow = makeRewriters(['address'], ['linux/amd64', 'linux/arm/v7']);
    expect(normaliseText('0x40800123 0xdeadbeef', narrow)).toBe('<address> 0xdeadbeef');
  });
});
