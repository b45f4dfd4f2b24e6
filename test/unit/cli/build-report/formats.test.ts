import { describe, expect, it } from 'vitest';
import type { BuildReport, StrategyReport } from '../../../../src/app/build.ts';
import { formatBuildMarkdown } from '../../../../src/cli/build-report/markdown.ts';
import { formatBuildText } from '../../../../src/cli/build-report/text.ts';

function strategy(id: StrategyReport['id'], more: Partial<StrategyReport> = {}): StrategyReport {
  const times = { wallMs: [1000], cpuMs: [], pullMs: [0], medianWallMs: 1000 };
  return {
    id,
    state: 'built',
    facts: {},
    needs: [],
    cold: times,
    warm: { ...times, medianWallMs: 90 },
    distinctImages: 1,
    audits: [],
    ...more,
  };
}

const FAILURE = { code: 'SSH_REFUSED', message: 'Nothing listens there.', advice: 'Start sshd.' };
const NOTHING = { wallMs: [], cpuMs: [], pullMs: [] };

const REPORT: BuildReport = {
  version: 1,
  archparity: '0.1.0',
  machine: { processor: 'a CPU', processors: '2', kernel: '6.18' },
  context: '/app',
  platforms: ['linux/amd64', 'linux/arm64'],
  runs: 1,
  strategies: [
    strategy('native'),
    strategy('emulated', {
      cold: { wallMs: [9000], cpuMs: [8000], pullMs: [0], medianWallMs: 9000, medianCpuMs: 8000 },
      toNative: { value: 9, interval: [8.5, 9.5] },
      dockerfile: { added: [], removed: [] },
    }),
    strategy('remote', { state: 'failed', failure: FAILURE, cold: NOTHING, warm: NOTHING }),
    strategy('cross', { dockerfile: { added: ['ARG A', 'ARG B'], removed: ['RUN x'] } }),
  ],
  steps: [
    {
      stage: 'build',
      instruction: 'RUN a | b',
      wallMs: { native: 900, emulated: 8900, cross: 800 },
      cpuMs: { emulated: 7000 },
      taxMs: 8000,
      crossSavesMs: 8100,
    },
  ],
  comparisons: [
    {
      between: ['native', 'cross'],
      platform: 'linux/amd64',
      paths: 3,
      differences: [],
      total: 0,
      hidden: [{ reason: 'times of files', paths: ['/a', '/b', '/c', '/d'] }],
    },
    {
      between: ['emulated', 'cross'],
      platform: 'linux/arm64',
      paths: 3,
      differences: [
        { path: '/app', what: 'content', left: '1 bytes a', right: '1 bytes b', why: 'line 2' },
      ],
      total: 1,
      hidden: [],
    },
  ],
  suites: [],
  recommendation: { strategy: 'emulated', reason: 'It is the only one.', rule: 'It agrees.' },
  pushed: {
    ...{ reference: 'reg/app:1', strategy: 'emulated', tool: 'skopeo' },
    ...{ digest: 'sha256:1', sentBytes: 2048 },
  },
};

describe('the report of a build', () => {
  it('on the terminal has a line for each strategy and step, and a reason for what is missing', () => {
    const lines = formatBuildText(REPORT)
      .split('\n')
      .map((line) => line.replaceAll(/ {2,}/g, '  '));
    expect(lines).toEqual(
      expect.arrayContaining([
        'emulated  9.0 s  90 ms  9.00 × (8.50–9.50)  –  8.0 s  none  reference',
        'remote  failed',
        'cross  1.0 s  90 ms  –  –  –  +2 −1  1 differ',
        'build: RUN a | b  900 ms  8.9 s (7.0 s)  800 ms  8.0 s  8.1 s',
        '  remote: Nothing listens there.',
        '  native and cross, linux/amd64: 3 paths, all equal in content, mode, owner and links',
        '  not compared: times of files (4: /a, /b, /c, …)',
        '  /app  content: 1 bytes a | 1 bytes b (line 2)',
        '  pushed emulated to reg/app:1 with skopeo: sha256:1, 2.0 KiB sent',
        '  emulated: It is the only one.',
      ]),
    );
  });

  it('in Markdown is the same in tables, with nothing that ends a cell', () => {
    const text = formatBuildMarkdown(REPORT);
    expect(text).toContain('| cross | 1.0 s | 90 ms | – | – | – | +2 −1 | 1 differ |');
    expect(text).toContain('| `build: RUN a \\| b` | 900 ms | 8.9 s (7.0 s) | 800 ms |');
    expect(text).toContain('- remote: Nothing listens there.\n  - Start sshd.');
  });
});
