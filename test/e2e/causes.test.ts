// Whose fault a difference is: a microVM with a real arm64 kernel says so.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileProgram } from '../setup/compile-program.ts';
import { plantQemuBug } from '../setup/plant-qemu-bug.ts';
import { image, machine, makeDirectory, ROOT, runCli, type Caller, type CliResult } from './cli.ts';
import { readEvents } from './records.ts';
import { callersWithGuests } from './vm-callers.ts';

interface Judged {
  readonly id: string;
  readonly name: string;
  readonly verdict: string;
  readonly known?: { readonly met: boolean; readonly problem?: string };
  readonly cause?: string;
  readonly referee?: { readonly lane: string; readonly kernel: string; readonly cpu: string };
  readonly wrongLane?: string;
  readonly reasoning?: string;
  readonly explanation?: { readonly id: string };
}

const [first, ...others] = callersWithGuests();
if (first === undefined) throw new Error('there is nobody to test as');
/** What does not depend on who calls is tried as the ordinary user. */
const caller = others.at(-1) ?? first;
const BY_VM = { lane: 'vm', kernel: 'real', cpu: 'tcg' };

function judgedCases({ stdout, stderr }: CliResult): Judged[] {
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return (JSON.parse(stdout) as { cases: Judged[] }).cases;
}

function test(who: Caller, ...words: readonly string[]): Promise<CliResult> {
  return runCli(who, ['test', ...words, '--reporter', 'json']);
}

/** A suite on one of the images that scripts/build-images makes. */
function writeSuite(name: string, cases: readonly object[]): string {
  const file = join(makeDirectory(caller), 'causes.yaml');
  const suite = { version: 1, name: 'causes', subject: { image: image(name) }, cases };
  writeFileSync(file, JSON.stringify(suite));
  return file;
}

interface Declared {
  readonly cases: readonly { readonly name: string; readonly known?: { readonly cause: string } }[];
}

function declaredIn(suite: string): ReadonlyMap<string, string> {
  const { cases } = parse(readFileSync(suite, 'utf8')) as Declared;
  return new Map(
    cases.flatMap(({ name, known }) => (known === undefined ? [] : [[name, known.cause] as const])),
  );
}

describe.each([first, ...others])('with a real arm64 kernel, as $name', (who) => {
  it('every architecture difference is the architecture’s', async () => {
    const suite = join(ROOT, 'suites/divergence.yaml');
    const lanes = ['native', 'emulated', 'vm'].flatMap((lane) => ['--lane', lane]);
    const result = await test(who, suite, ...lanes);
    const cases = judgedCases(result);
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' });
    const declared = declaredIn(suite);
    expect(new Set(declared.values())).toEqual(new Set(['architecture']));
    const found = cases.filter(({ cause }) => cause !== undefined);
    expect(found.map(({ name }) => name).toSorted()).toEqual([...declared.keys()].toSorted());
    for (const { name, cause, referee } of found)
      expect([name, cause, referee]).toEqual([name, 'architecture', BY_VM]);
  }, 600_000);

  it('every artefact of QEMU is the emulator’s, without being asked for', async () => {
    const suite = join(ROOT, 'suites/emulator-artefacts.yaml');
    const result = await test(who, suite);
    const cases = judgedCases(result);
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' });
    expect(cases.map(({ name }) => name).toSorted()).toEqual(
      [...declaredIn(suite).keys()].toSorted(),
    );
    for (const { name, cause, referee, wrongLane } of cases)
      expect([name, cause, referee, wrongLane]).toEqual([name, 'emulator', BY_VM, 'emulated']);
  }, 600_000);
});

describe('a referee', () => {
  const CASES = [
    { name: 'char', run: ['char-sign'] },
    { name: 'page', run: ['page-size'] },
  ];

  it('is asked about what differs only, and says why in a sentence', async () => {
    const suite = writeSuite('divergence', CASES);
    const record = join(makeDirectory(caller), 'record.ndjson');
    const result = await test(caller, suite, '--record', record);
    expect(result.code).toBe(1);
    const [char] = judgedCases(result).filter(({ name }) => name === 'char');
    expect(char).toMatchObject({ verdict: 'diverged', cause: 'architecture', referee: BY_VM });
    expect(char?.reasoning).toContain('does the same as emulated at stdout line 2 (as int: 255)');
    expect(char?.reasoning).toContain('char is signed on x86 and unsigned on arm64');
    const asked = readEvents(record).flatMap((event) =>
      event.type === 'attempt-finished' && event.laneId === 'vm' ? [event.caseId] : [],
    );
    expect(asked).toEqual(['causes/char']);
    const shown = await runCli(caller, ['report', record]);
    expect(shown.stdout).toContain("differs: yours, here, unless QEMU's CPU emulation is at fault");
    expect(shown.stdout).toContain('because vm, a real arm64 kernel');
  }, 300_000);

  it('makes a declaration that it denies fail', async () => {
    const known = { cause: 'emulator', reason: 'not so' };
    const suite = writeSuite('divergence', [{ ...CASES[0], known }]);
    const result = await test(caller, suite);
    const [char] = judgedCases(result);
    expect(result.code).toBe(1);
    expect(char).toMatchObject({ cause: 'architecture', known: { met: false, problem: 'cause' } });
    const without = await test(caller, suite, '--referee', 'none');
    expect(without.code).toBe(0);
  }, 300_000);

  it('need not be there, unless it was asked for', async () => {
    const suite = writeSuite('divergence', CASES);
    const none = await test(caller, suite, '--referee', 'none');
    expect(judgedCases(none).map(({ cause }) => cause)).toContain('undecided');
    // Nobody listens at port 1.
    const gone = ['--referee', 'ssh:nobody@127.0.0.1:1'];
    const record = join(makeDirectory(caller), 'record.ndjson');
    const failed = await test(caller, suite, ...gone, '--record', record);
    expect(failed.code).toBe(1);
    expect(judgedCases(failed).map(({ cause }) => cause)).toContain('undecided');
    const warned = readEvents(record).flatMap((event) =>
      event.type === 'warning' ? [event.message] : [],
    );
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain('no referee could be opened');
    const known = { cause: 'architecture', reason: 'so' };
    const declared = writeSuite('divergence', [{ ...CASES[0], known }]);
    expect((await test(caller, declared, ...gone)).code).toBe(3);
    for (const [words, code] of [
      [['--referee', 'native'], 'REFEREE_NOT_REAL'],
      [['--referee', 'none', '--referee', 'vm'], 'USAGE'],
      [['--referee', 'wm'], 'LANE_UNKNOWN'],
    ] as const) {
      const refused = await test(caller, suite, ...words);
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toContain(code);
    }
  }, 300_000);

  it('of another page size shows what follows the environment', async () => {
    const suite = writeSuite('divergence', CASES);
    const result = await test(caller, suite, '--lane', 'vm', '--lane', 'vm,pages=16k');
    const [char, page] = judgedCases(result).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(char?.verdict).toBe('match');
    expect(page).toMatchObject({
      verdict: 'diverged',
      cause: 'environment',
      explanation: { id: 'page-size' },
    });
    expect(page?.reasoning).toContain('page size 16384 instead of 4096');
  }, 300_000);

  it('names the emulator that is wrong, of two', async () => {
    const planted = join(machine.directory, `planted-for-causes-${String(process.pid)}`);
    if (!existsSync(planted)) plantQemuBug('/usr/bin/qemu-aarch64-static', planted);
    const binary = compileProgram('aes-round', 'arm64', machine.directory);
    const file = join(makeDirectory(caller), 'planted.yaml');
    const subject = { binary: { 'linux/arm64': binary } };
    const cases = [{ name: 'aes', args: [] }];
    writeFileSync(file, JSON.stringify({ version: 1, name: 'planted', subject, cases }));
    const good = ['--lane', 'good=emulated,qemu=/usr/bin/qemu-aarch64-static'];
    const bad = ['--lane', `planted=emulated,qemu=${planted}`];
    for (const lanes of [
      [...good, ...bad],
      [...bad, ...good],
    ]) {
      const [aes] = judgedCases(await test(caller, file, ...lanes));
      expect(aes).toMatchObject({ cause: 'emulator', referee: BY_VM, wrongLane: 'planted' });
    }
    const [undecided] = judgedCases(await test(caller, file, ...good, ...bad, '--referee', 'none'));
    expect(undecided?.cause).toBe('emulator');
    expect(undecided?.wrongLane).toBeUndefined();
  }, 300_000);
});
