import { describe, expect, it } from 'vitest';
import {
  countStates,
  judgeUse,
  type Lookup,
} from '../../../../src/app/inspect/deployment-report.ts';
import { deploymentExitCode } from '../../../../src/app/inspect/inspect-exit-code.ts';
import type { ImageUse } from '../../../../src/app/inspect/image-use.ts';
import type { Platform } from '../../../../src/core/index.ts';
import type { ImageFinding } from '../../../../src/image/index.ts';

const use = (...mayRunOn: Platform[]): ImageUse => ({
  position: { file: 'f', line: 1, column: 1 },
  user: 'Pod p',
  image: 'i',
  mayRunOn,
});

/** An image of these platforms, the last of which has a finding. */
function lookup(severity: ImageFinding['severity'], ...platforms: Platform[]): Lookup {
  const offers = platforms.map((platform) => ({
    platform,
    inspected: {
      platform,
      layers: [],
      audit: {
        findings:
          platform === platforms.at(-1)
            ? [{ rule: 'foreign-elf' as const, severity, message: 'm', places: [], count: 1 }]
            : [],
        omitted: {},
        files: 1,
        elfFiles: 1,
        unreadable: 0,
      },
    },
  }));
  return {
    offers,
    image: { reference: 'i', platforms: offers.map(({ inspected }) => inspected) },
  };
}

const state = (wanted: ImageUse, found: Lookup) => judgeUse(wanted, 'i', found).state;

describe('judgeUse', () => {
  it('compares what an image has with where it may land', () => {
    const both = lookup('note', 'linux/amd64', 'linux/arm64');
    expect(state(use('linux/amd64', 'linux/arm64'), both)).toBe('ok');
    expect(state(use(), both)).toBe('nowhere');
    expect(state(use('linux/arm64'), { reason: 'no network' })).toBe('unreachable');
    const judged = judgeUse(use('linux/amd64', 'linux/arm64'), 'i', lookup('note', 'linux/amd64'));
    expect(judged).toMatchObject({
      state: 'lacking',
      has: ['linux/amd64'],
      lacks: ['linux/arm64'],
    });
  });

  it('counts errors only of platforms that are used', () => {
    const broken = lookup('error', 'linux/amd64', 'linux/arm64');
    expect(state(use('linux/amd64'), broken)).toBe('ok');
    expect(state(use('linux/amd64', 'linux/arm64'), broken)).toBe('faulty');
  });
});

describe('deploymentExitCode', () => {
  const code = (...lookups: Lookup[]): number => {
    const uses = lookups.map((found) => judgeUse(use('linux/arm64'), 'i', found));
    return deploymentExitCode({
      version: 1,
      archparity: '0',
      file: 'f',
      kind: 'kubernetes',
      nodes: [],
      uses,
      remarks: [],
      images: [],
      summary: countStates(uses),
    });
  };

  it('tells failure, something unreached, nothing named and success apart', () => {
    const good = lookup('warning', 'linux/arm64');
    expect(code(good)).toBe(0);
    expect(code(good, { reason: 'gone' })).toBe(3);
    expect(code(good, lookup('note', 'linux/amd64'))).toBe(1);
    expect(code(lookup('error', 'linux/arm64'))).toBe(1);
    expect(code({ reason: 'gone' })).toBe(3);
    expect(code()).toBe(4);
  });
});
