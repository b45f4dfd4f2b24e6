import { describe, expect, it } from 'vitest';
import type { Outcome, Survey, SurveyedPlatform } from '../../../../src/app/binfmt.ts';
import { judgeSurvey } from '../../../../src/app/binfmt/judge-survey.ts';
import { formatJson } from '../../../../src/cli/binfmt-report/json.ts';
import {
  formatOutcomes,
  formatStatus,
  formatVerdicts,
} from '../../../../src/cli/binfmt-report/text.ts';

const QEMU = { path: '/usr/bin/qemu-aarch64-static', version: '10.0.2', sha256: 'x' };
const HANDLER = {
  platform: 'linux/arm64',
  interpreter: '/state/qemu-aarch64-1',
  flags: 'POCF',
  qemu: QEMU,
  cpu: 'neoverse-n1',
  cpuId: '00000000414fd0c1',
  persistent: false,
  bootId: 'x',
  replaced: [],
} as const;

const ARM64: SurveyedPlatform = {
  platform: 'linux/arm64',
  runs: 'emulated',
  executedBy: '/state/qemu-aarch64-1',
  cpuId: '00000000414fd0c1',
  cpu: 'neoverse-n1',
  entries: [
    {
      name: 'archparity-aarch64',
      interpreter: '/state/qemu-aarch64-1',
      flags: 'POCF',
      enabled: true,
      serving: true,
      own: true,
      claims: [{ manager: 'archparity' }],
      faults: [],
    },
    {
      name: 'qemu-aarch64',
      interpreter: '/gone',
      flags: '',
      enabled: false,
      serving: false,
      own: false,
      claims: [{ manager: 'systemd-binfmt', file: '/usr/lib/binfmt.d/q.conf' }],
      faults: ['it is switched off'],
    },
  ],
  installed: { ...HANDLER, fate: 'registered', outdated: false },
};

const RISCV64: SurveyedPlatform = {
  platform: 'linux/riscv64',
  runs: 'no',
  reason: 'exec /witness: ENOENT.',
  entries: [
    {
      name: 'esc\u{1b}[2J',
      interpreter: '/gone',
      flags: 'OC',
      enabled: true,
      serving: true,
      own: false,
      claims: [{ manager: 'unknown' }],
      faults: ['its interpreter /gone is not there'],
    },
  ],
};

function survey(changes: Partial<Survey> = {}): Survey {
  return {
    host: 'linux/amd64',
    table: 'mounted',
    confined: true,
    emulators: ['archparity-aarch64'],
    platforms: [
      ARM64,
      { platform: 'linux/amd64', runs: 'native', entries: [] },
      RISCV64,
      { platform: 'linux/s390x', runs: 'no', reason: 'the kernel has no handler', entries: [] },
    ],
    ...changes,
  };
}

const PLAIN = { color: false, quiet: false };

describe('the status', () => {
  it('tells who runs what, whose it is, and what is wrong with what is asked', () => {
    expect(formatStatus(survey(), undefined, false)).toMatchInlineSnapshot(`
      "This machine runs linux/amd64 itself.
      runs      linux/arm64    by /state/qemu-aarch64-1, cpu neoverse-n1
                               QEMU 10.0.2, cpu neoverse-n1; gone after a reboot
                               archparity-aarch64, archparity's: /state/qemu-aarch64-1, flags POCF
                               qemu-aarch64, of systemd-binfmt (/usr/lib/binfmt.d/q.conf): /gone, flags none, switched off
      FAILS     linux/riscv64  exec /witness: ENOENT.
                               esc\\x1b[2J, of nobody known: /gone, flags OC
                                 its interpreter /gone is not there
      No handler: linux/s390x.
      "
    `);
  });

  it('tells of those that were asked for alone, and says when the table cannot be read', () => {
    const text = formatStatus(survey({ table: 'not-mounted' }), ['linux/s390x'], false);
    expect(text).toBe(
      'binfmt_misc is not mounted here, so the handlers cannot be listed.\nNo handler: linux/s390x.\n',
    );
  });

  it('has the keys that users of tonistiigi/binfmt read, the machine first', () => {
    const { supported, emulators } = JSON.parse(formatJson({ survey: survey() })) as {
      supported: readonly string[];
      emulators: readonly string[];
    };
    expect(supported.join(',')).toBe('linux/amd64,linux/arm64');
    expect(emulators).toEqual(['archparity-aarch64']);
  });
});

describe('the verdicts', () => {
  it('are on all that have an enabled entry, or had one', () => {
    const verdicts = judgeSurvey(survey(), undefined);
    expect(verdicts.map(({ platform, works }) => [platform, works])).toEqual([
      ['linux/arm64', true],
      ['linux/riscv64', false],
    ]);
    expect(formatVerdicts(survey(), verdicts, PLAIN)).toMatchInlineSnapshot(`
      "works     linux/arm64    by /state/qemu-aarch64-1, cpu neoverse-n1
      FAILS     linux/riscv64  exec /witness: ENOENT
                               esc\\x1b[2J: its interpreter /gone is not there
      "
    `);
    expect(formatVerdicts(survey(), verdicts, { ...PLAIN, quiet: true })).toMatch(
      /^FAILS[^]*there\n$/,
    );
  });

  it('find what is not as it was installed', () => {
    const judge = (changes: Partial<SurveyedPlatform>): readonly string[] =>
      judgeSurvey(survey({ platforms: [{ ...ARM64, ...changes }] }), undefined)[0]?.problems ?? [];
    expect(judge({})).toEqual([]);
    expect(judge({ executedBy: '/other' })).toEqual([
      '/other runs it instead of /state/qemu-aarch64-1',
    ]);
    expect(judge({ cpuId: '0' })).toEqual(['its CPU is 0 instead of 00000000414fd0c1']);
    const installed = { ...HANDLER, fate: 'gone after a reboot', outdated: false } as const;
    expect(judge({ runs: 'no', reason: 'no', entries: [], installed })).toEqual([
      'no',
      'what was installed is gone after a reboot',
    ]);
  });

  it('say when there was no chroot', () => {
    const text = formatVerdicts(survey({ confined: 'no namespaces' }), [], PLAIN);
    expect(text).toBe(
      'Not tried in a chroot, which takes root or a user namespace: no namespaces.\n',
    );
  });
});

describe('the outcomes', () => {
  const OUTCOMES: readonly Outcome[] = [
    { platform: 'linux/arm64', outcome: 'installed', handler: HANDLER },
    { platform: 'linux/386', outcome: 'left out', reason: 'this machine runs it itself' },
    { platform: 'linux/s390x', outcome: 'removed' },
    { platform: 'linux/ppc64le', outcome: 'absent' },
    { platform: 'linux/arm/v7', outcome: 'planned', steps: ['remove the entry x', 'delete y'] },
    { platform: 'linux/riscv64', outcome: 'failed', code: 'X', message: 'No.', advice: 'Do.' },
  ];

  it('are a line each, with what belongs to it below', () => {
    expect(formatOutcomes(OUTCOMES, PLAIN)).toMatchInlineSnapshot(`
      "installed linux/arm64    by /state/qemu-aarch64-1, flags POCF
                               QEMU 10.0.2, cpu neoverse-n1; gone after a reboot
      left out  linux/386      this machine runs it itself
      removed   linux/s390x
      absent    linux/ppc64le  nothing of archparity was there
      would     linux/arm/v7   remove the entry x
                               delete y
      FAILED    linux/riscv64  No.
                               Do.
      "
    `);
  });

  it('are those that failed with --quiet', () => {
    expect(formatOutcomes(OUTCOMES, { ...PLAIN, quiet: true })).toMatch(
      /^FAILED .*No\.\n +Do\.\n$/,
    );
  });
});
