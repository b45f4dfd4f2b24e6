// suites/emulator-artefacts.yaml: what qemu-user does otherwise than a kernel, on two versions of it.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CALLERS, image, makeDirectory, ROOT, runCli, unprivileged } from './cli.ts';

const SUITE = join(ROOT, 'suites/emulator-artefacts.yaml');

interface Artefact {
  readonly kernel: string;
  readonly qemu7: string;
  readonly mended?: true;
  readonly explanation?: string;
}
const { programs: EXPECTED } = parse(
  readFileSync(join(ROOT, 'images/emulator-artefacts/expected.yaml'), 'utf8'),
) as { programs: Record<string, Artefact> };

const text = readFileSync(SUITE, 'utf8');
interface SuiteCase {
  readonly name: string;
  readonly tags: readonly [string, ...string[]];
  known?: object;
}
const { cases: CASES } = parse(text) as { cases: SuiteCase[] };
const PROGRAMS: ReadonlyMap<string, string> = new Map(
  CASES.map(({ name, tags }) => [name, tags[0]]),
);

interface ReportedCase {
  readonly name: string;
  readonly verdict: string;
  readonly known?: { readonly cause: string };
  readonly cause?: string;
  readonly explanation?: { readonly id: string };
  readonly lanes: Readonly<
    Record<string, { readonly attempts: readonly { readonly stdout: string }[] }>
  >;
}

function casesOf(stdout: string): ReadonlyMap<string, ReportedCase> {
  const { cases } = JSON.parse(stdout) as { cases: ReportedCase[] };
  return new Map(cases.map((entry) => [PROGRAMS.get(entry.name) ?? '', entry]));
}

let newer = '';
beforeAll(() => {
  const directory = join(ROOT, 'build/qemu/trixie');
  newer = execFileSync(join(ROOT, 'scripts/fetch-qemu'), ['trixie', directory], {
    encoding: 'utf8',
  }).trim();
}, 180_000);

describe.each(CALLERS)('suites/emulator-artefacts.yaml, as $name', (caller) => {
  it('finds every artefact of QEMU 7.2', async () => {
    const { stdout, stderr, code } = await runCli(caller, ['test', SUITE, '--reporter', 'json']);
    const cases = casesOf(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect([...cases.keys()].toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
    for (const [program, { kernel, qemu7 }] of Object.entries(EXPECTED)) {
      const found = cases.get(program);
      expect(found?.verdict, program).toBe('match');
      expect(found?.known?.cause, program).toBe('emulator');
      expect(found?.lanes['native']?.attempts[0]?.stdout, program).toContain(kernel);
      expect(found?.lanes['emulated']?.attempts[0]?.stdout, program).toContain(qemu7);
    }
  });
});

describe('suites/emulator-artefacts.yaml', () => {
  it('diverges in every case when nothing is declared, and is explained where it can be', async () => {
    const cwd = makeDirectory(unprivileged);
    const suite = parse(text) as { cases: SuiteCase[] };
    for (const entry of suite.cases) delete entry.known;
    writeFileSync(join(cwd, 'bare.yaml'), JSON.stringify(suite));
    const { stdout, code } = await runCli(
      unprivileged,
      ['test', 'bare.yaml', '--image', image('emulator-artefacts'), '--reporter', 'json'],
      { cwd },
    );
    const cases = casesOf(stdout);
    expect(code).toBe(1);
    for (const [program, { explanation }] of Object.entries(EXPECTED)) {
      const found = cases.get(program);
      expect(found?.verdict, program).toBe('diverged');
      expect(found?.explanation?.id, program).toBe(explanation);
    }
  });

  it('tells what QEMU 10 has mended', async () => {
    const { stdout, code } = await runCli(unprivileged, [
      ...['test', SUITE, '--reporter', 'json'],
      ...['--lane', 'native', '--lane', `new=emulated,qemu=${newer}`],
    ]);
    const cases = casesOf(stdout);
    // A declared divergence that is not found fails.
    expect(code).toBe(1);
    for (const [program, { kernel, mended }] of Object.entries(EXPECTED)) {
      const said = cases.get(program)?.lanes['new']?.attempts[0]?.stdout ?? '';
      if (mended === true) expect(said, program).toContain(kernel);
      else expect(cases.get(program)?.known, program).toBeDefined();
    }
  });

  it('holds for QEMU 10 without what is tagged for 7', async () => {
    const { stdout, code } = await runCli(unprivileged, [
      ...['test', SUITE, '--reporter', 'json', '--filter', '!tag(qemu-7)'],
      ...['--lane', 'native', '--lane', `new=emulated,qemu=${newer}`],
    ]);
    expect(code).toBe(0);
    expect(casesOf(stdout).size).toBe(
      Object.values(EXPECTED).filter(({ mended }) => mended === undefined).length,
    );
  });
});
