import { describe, expect, test } from 'vitest';
import { compareAnswers } from '../../../../src/app/probe/compare-answers.ts';
import type { ProbeAnswer, ProbeReport } from '../../../../src/app/probe.ts';
import { formatProbeJson } from '../../../../src/cli/probe-report/json.ts';
import { formatProbeMarkdown } from '../../../../src/cli/probe-report/markdown.ts';
import { formatProbeText } from '../../../../src/cli/probe-report/text.ts';
import { EMULATED, NATIVE } from '../../app/probe/probe-lanes.ts';

const LANES = [
  NATIVE,
  { ...EMULATED, fingerprint: { qemu: '7.2.22' }, mode: 'private binfmt_misc' },
];

function result(
  id: string,
  title: string,
  answers: readonly [ProbeAnswer, ProbeAnswer],
  varies = false,
): ProbeReport['results'][number] {
  const byLane = { native: answers[0], emulated: answers[1] };
  const probe = {
    id,
    title,
    matters: `who needs ${id}`,
    area: 'syscalls',
    ...(varies ? ({ varies: true } as const) : {}),
  } as const;
  return { probe, answers: byLane, ...compareAnswers(probe, byLane, LANES) };
}

const said = (text: string): ProbeAnswer => ({ state: 'answered', text });

const REPORT: ProbeReport = {
  archparity: '0.1.0',
  lanes: LANES,
  failed: [{ laneId: 'vm', message: 'there is no kernel' }],
  results: [
    result('statx', 'statx', [said('works'), said('works')]),
    result('clone3', 'clone3 | more', [said('works'), said('ENOSYS')]),
    result('machine-name', 'uname -m', [said('x86_64'), said('aarch64')], true),
    result('bpf', 'bpf', [
      { state: 'answered', text: 'works', detail: 'ABI 7' },
      { state: 'crashed', text: 'killed by SIGSEGV' },
    ]),
    result('setuid-program', 'the setuid bit', [
      said('honoured'),
      { state: 'not-tried', text: 'chown: EPERM' },
    ]),
  ],
};

const PLAIN = { color: false, quiet: false, verbose: false };

describe('the text', () => {
  test('shows what differs with whom it hurts, then the rest', () => {
    expect(formatProbeText(REPORT, PLAIN)).toBe(`archparity 0.1.0 · 5 probes
lane native  linux/amd64
lane emulated  linux/arm64 · qemu 7.2.22 · private binfmt_misc
error: the lane vm could not be opened: there is no kernel

What differs      native         emulated
syscalls
  clone3 | more   works          ENOSYS
      who needs clone3
  bpf             works (ABI 7)  killed by SIGSEGV
      who needs bpf

The same          native         emulated
syscalls
  statx           works          works

Not compared      native         emulated
syscalls
  uname -m        x86_64         aarch64
  the setuid bit  honoured       not tried: chown: EPERM

emulated differs from native in 2 of 3 probes
`);
  });

  test('says only what differs when it is to be quiet', () => {
    const quiet = formatProbeText(REPORT, { ...PLAIN, quiet: true });
    expect(quiet).toContain('ENOSYS');
    expect(quiet).toContain('the lane vm could not be opened');
    expect(quiet).not.toContain('statx');
    expect(quiet).not.toContain('lane native');
  });

  test('colours the differing answer alone', () => {
    const line = formatProbeText(REPORT, { ...PLAIN, color: true })
      .split('\n')
      .find((text) => text.includes('ENOSYS'));
    expect(line).toMatch(/^ {2}clone3 \| more {3}works {10}\u001b\[33mENOSYS/u);
  });

  test('cuts an answer that is too long', () => {
    const long = result('a', 'a', [said('works'), said('x'.repeat(100))]);
    const text = formatProbeText({ ...REPORT, results: [long] }, PLAIN);
    expect(text).toContain(`${'x'.repeat(39)}…\n`);
  });

  test('escapes what could drive the terminal', () => {
    const evil = result('a', 'a', [said('works'), said('\u001b[2J')]);
    expect(formatProbeText({ ...REPORT, results: [evil] }, PLAIN)).toContain('\\x1b[2J');
  });
});

describe('the Markdown', () => {
  test('is tables with differing answers in bold', () => {
    expect(formatProbeMarkdown(REPORT)).toBe(`# archparity probe

- \`native\`: linux/amd64
- \`emulated\`: linux/arm64 · qemu 7.2.22 · private binfmt\\_misc
- \`vm\` could not be opened: there is no kernel

emulated differs from native in 2 of 3 probes.

## What differs

|  | native | emulated | matters to |
| --- | --- | --- | --- |
| **syscalls** |  |  |  |
| clone3 \\| more | works | **ENOSYS** | who needs clone3 |
| bpf | works (ABI 7) | **killed by SIGSEGV** | who needs bpf |

## The same

|  | native | emulated | matters to |
| --- | --- | --- | --- |
| **syscalls** |  |  |  |
| statx | works | works | who needs statx |

## Not compared

|  | native | emulated | matters to |
| --- | --- | --- | --- |
| **syscalls** |  |  |  |
| uname -m | x86\\_64 | aarch64 | who needs machine-name |
| the setuid bit | honoured | not tried: chown: EPERM | who needs setuid-program |
`);
  });
});

describe('the JSON', () => {
  test('has every answer, what was compared, and a summary', () => {
    const report = JSON.parse(formatProbeJson(REPORT)) as Record<string, unknown> & {
      probes: readonly object[];
    };
    expect(report).toMatchObject({
      version: 1,
      failedLanes: [{ laneId: 'vm' }],
      summary: { probes: 5, compared: 3, differing: 2 },
    });
    expect(report.probes[1]).toEqual({
      id: 'clone3',
      title: 'clone3 | more',
      matters: 'who needs clone3',
      area: 'syscalls',
      varies: false,
      answers: {
        native: { state: 'answered', text: 'works' },
        emulated: { state: 'answered', text: 'ENOSYS' },
      },
      compared: ['emulated'],
      differences: [{ lane: 'emulated', reference: 'native' }],
    });
  });
});
