import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatSize } from '../../../../src/cli/inspect-report/format-size.ts';
import { readNodes } from '../../../../src/cli/inspect-report/read-nodes.ts';
import { readOutputs } from '../../../../src/cli/inspect-report/write-reports.ts';

describe('readNodes', () => {
  it('takes both platforms without being told, and each once', () => {
    expect(readNodes([], [])).toEqual([
      { platform: 'linux/amd64', taints: [] },
      { platform: 'linux/arm64', taints: [] },
    ]);
    expect(readNodes(['arm64', 'aarch64'], [])).toEqual([{ platform: 'linux/arm64', taints: [] }]);
  });

  it.each([
    ['arm64', { key: 'kubernetes.io/arch', value: 'arm64', effect: 'NoSchedule' }],
    [
      'linux/arm64=dedicated=arm:NoExecute',
      { key: 'dedicated', value: 'arm', effect: 'NoExecute' },
    ],
    ['arm64=arm:NoSchedule', { key: 'arm', value: '', effect: 'NoSchedule' }],
  ])('reads the taint %s', (text, taint) => {
    expect(readNodes([], [text])[1]).toEqual({ platform: 'linux/arm64', taints: [taint] });
  });

  it.each(['arm64=', 'arm64=a=b', 'arm64=a=b:Never', 's390x', 'vax'])('refuses %s', (text) => {
    expect(() => readNodes([], [text])).toThrow(/taint|platform/);
  });
});

describe('readOutputs', () => {
  it('writes text to stdout unless something else is written there', () => {
    expect(readOutputs([], false)).toEqual([{ name: 'text' }]);
    expect(readOutputs([], true)).toEqual([{ name: 'json' }]);
    expect(readOutputs(['sarif=a=b'], false)).toEqual([
      { name: 'sarif', file: resolve('a=b') },
      { name: 'text' },
    ]);
    expect(readOutputs(['sarif'], false)).toEqual([{ name: 'sarif' }]);
  });

  it('refuses two on stdout, unknown names and empty files', () => {
    expect(() => readOutputs(['sarif'], true)).toThrow('both write to stdout');
    expect(() => readOutputs(['xml'], false)).toThrow('Unknown reporter "xml".');
    expect(() => readOutputs(['json='], false)).toThrow('names no file');
    expect(() => readOutputs(['json=a', 'sarif=a'], false)).toThrow('would both write');
  });
});

describe('formatSize', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [31_091_609, '31.1 MB'],
    [1_234_567_890, '1.23 GB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
