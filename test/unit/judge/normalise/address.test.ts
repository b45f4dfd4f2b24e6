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
    ['7ffc1000-7ffc2000 ---s 00000000 fd:00 0 [stack]', '<address>-<address> ---s [stack]'],
    ['7ffc1000-7ffc2000 r--p 00000000 00:00 0  ', '<address>-<address> r--p '],
    ['a\n7ffc1000-7ffc2000 r--p 0000f000 00:00 0\nb', 'a\n<address>-<address> r--p\nb'],
    ['0X7F12A4B3C9D0', '<address>'],
    ['0x7f12a4b3c', '<address>'],
    ['0x00007f12a4b3c', '<address>'],
    ['0x400000,0x4fffff', '<address>,<address>'],
    ['0x0000000000401136', '<address>'],
    ['(0xffff800000000000)', '(<address>)'],
  ])('%j becomes %j', (text, wanted) => {
    expect(normaliseText(text, makeRewriters(['address']))).toBe(wanted);
  });

  test.each([
    ...['0x20000', '0xdeadbeef', '0xff8800', '0x1', 'a0x7f12a4b3c9d0', '7f12a4b3c9d0'],
    ...['0x7f12a4b3', '0x7f12a4b3c9d01', '0x7f12a4b3c9d0g', '0x7f12a4b3c9d0_', '_0x7f12a4b3c9d0'],
    ...['0xfffe800000000000', '0x300000', '0x500000', '0x00000000000401136', '0x40000'],
    'x 7ffc1000-7ffc2000 rw-p 00000000 00:00 0',
    '7ffc100-7ffc2000 rw-p 00000000 00:00 0',
    '7ffc1000-7ffc2000 rwzp 00000000 00:00 0',
    '7ffc1000-7ffc2000 rw-p 00000000 00:00 x',
  ])('keeps %j', (text) => {
    expect(normaliseText(text, makeRewriters(['address']))).toBe(text);
  });

  test('takes no small number for a pointer where only 64-bit programs are compared', () => {
    expect(normaliseText('0x40800123', makeRewriters(['address']))).toBe('0x40800123');
  });

  test('knows the pointers of 32-bit programs where one is compared', () => {
    const narrow = makeRewriters(['address'], ['linux/amd64', 'linux/arm/v7']);
    expect(normaliseText('0x40800123 0xdeadbeef', narrow)).toBe('<address> 0xdeadbeef');
    const found = ['08048000', '4f000000', '55555555', '56555555', '7e000000', '7fff0000'];
    const higher = ['be000000', 'bfffe000', 'f7fd0000', 'f9000000', 'ff000000'];
    for (const digits of [...found, ...higher])
      expect(normaliseText(`0x${digits}`, narrow), digits).toBe('<address>');
    const others = ['07048000', '09048000', '54555555', '57555555', '7d000000', 'bd000000'];
    for (const digits of [...others, 'c0000000', 'f6000000', '0804800'])
      expect(normaliseText(`0x${digits}`, narrow)).toBe(`0x${digits}`);
  });
});
