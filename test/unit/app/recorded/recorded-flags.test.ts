import { describe, expect, it } from 'vitest';
import { readRecordedFlags } from '../../../../src/app/recorded/recorded-flags.ts';

describe('readRecordedFlags', () => {
  it('reads both spellings, and nothing behind two dashes', () => {
    const words = [
      'test',
      's.yaml',
      '--lane',
      'native',
      '--lane=q=emulated,qemu=/q',
      '--vars',
      'v',
    ];
    expect(
      readRecordedFlags([...words, '--timeout=3s', '--cst-strict', '--', '--image', 'x']),
    ).toEqual({
      lanes: ['native', 'q=emulated,qemu=/q'],
      varsFiles: ['v'],
      timeout: '3s',
      isCstStrict: true,
      replacesSubject: false,
    });
  });

  it('knows a subject that was replaced', () => {
    expect(readRecordedFlags(['test', '--binary', 'linux/arm64=a'])).toMatchObject({
      replacesSubject: true,
      lanes: [],
    });
  });
});
