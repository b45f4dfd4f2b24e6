import { describe, expect, test } from 'vitest';
import { captureBytes } from '../../../../src/core/index.ts';
import { compareObservations } from '../../../../src/judge/compare/compare-observations.ts';
import { cutToCommonLines } from '../../../../src/judge/compare/cut-to-common-lines.ts';
import { defineCase, EMULATED, NATIVE, observe, TIMED_OUT } from '../judge-data.ts';

const capture = (text: string | Buffer) => captureBytes(Buffer.from(text));
const cut = (left: string | Buffer, right: string | Buffer) =>
  cutToCommonLines(capture(left), capture(right)).map(({ data }) => data);

describe('cutToCommonLines', () => {
  test('keeps the whole lines that both have', () => {
    expect(cut('a\nb\nc\n', 'a\nx\nhalf')).toEqual(['a\nb\n', 'a\nx\n']);
    expect(cut('a\n', '')).toEqual(['', '']);
  });

  test('leaves what is not text alone', () => {
    const binary = Buffer.from([0xff, 0x0a]);
    expect(cut(binary, 'a\n')).toEqual([binary.toString('base64'), 'a\n']);
  });

  test('is what servers are compared by', () => {
    const server = (stdout: string) => observe({ ...TIMED_OUT, stdout });
    const compare = (left: string, right: string) =>
      compareObservations(server(left), server(right), {
        definition: defineCase(),
        lanes: [NATIVE, EMULATED],
      }).differences;
    expect(compare('ready\ntick\ntick\n', 'ready\nti')).toEqual([]);
    expect(compare('ready\ntick\n', 'failed\n')).toMatchObject([
      { what: 'stdout', where: 'line 1' },
    ]);
  });
});
