// Somebody interferes with a suite on a microVM. When archparity is killed nothing is left, QEMU included; when QEMU is
// stopped, the suite goes on once it continues, or without it.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { image, makeDirectory, makeSubdirectory, startCli, unprivileged, waitFor } from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';
import { parseReport, recordSoFar, verdictsOf } from './records.ts';
import { callersWithGuests } from './vm-callers.ts';

const caller = callersWithGuests().at(-1) ?? unprivileged;
/** scripts/soak kills more often. */
const KILLS = Number(process.env['ARCHPARITY_KILLS'] ?? '1');

/** The suite, which writes and sleeps long enough to be killed at any moment of it. */
function writeSuite(directory: string): string {
  const run = ['sh', '-c', 'echo x > /tmp/f; sleep 2; echo done'];
  const cases = Array.from({ length: 12 }, (_, index) => ({
    name: `case ${String(index)}`,
    run,
    compare: ['stdout', 'files'],
  }));
  const suite = { version: 1, name: 'kill', subject: { image: image('debian-tools') }, cases };
  const file = join(directory, 'suite.yaml');
  writeFileSync(file, JSON.stringify(suite));
  return file;
}

/** What of a run could outlive it in places that runs share: sockets, entries that are being made. */
function listShared(): string[] {
  const inCache = readdirSync(caller.cacheDir, { recursive: true }).map(String);
  const inTmp = readdirSync('/tmp').filter((name) => name.includes('archparity'));
  return [...inCache.filter((name) => /\.sock$|\.tmp|incoming/.test(name)), ...inTmp].toSorted();
}

describe('a suite on a microVM that is killed', () => {
  it.each(Array.from({ length: KILLS }, (_, index) => index + 1))(
    'leaves nothing [%i]',
    { timeout: 300_000 },
    async () => {
      const cwd = makeDirectory(caller);
      const tmp = makeSubdirectory(caller, cwd, 'tmp');
      const before = { mounts: readMounts(), shared: listShared() };
      const words = ['test', writeSuite(cwd), '--lane', 'native', '--lane', 'vm', '-j', '2'];
      const running = startCli(caller, words, { cwd, env: { TMPDIR: tmp } });
      await waitFor('a first case', () => recordSoFar(cwd).includes('case-finished'), 240_000);
      await new Promise((wake) => setTimeout(wake, Math.random() * 3000));
      // Stopped, it starts nothing new while we look at what there is.
      running.child.kill('SIGSTOP');
      const family = inspectFamily(running.pid);
      const qemus = family.members.filter(({ name }) => name.startsWith('qemu-system'));
      expect(qemus).toHaveLength(1);
      running.child.kill('SIGKILL');
      await running.result;
      await expectNoSurvivors(family);
      expect(readdirSync(tmp)).toEqual([]);
      expect(readMounts()).toEqual(before.mounts);
      const ours = new Set(family.members.map(({ pid }) => String(pid)));
      const left = listShared().filter((name) => {
        // Other tests run beside this one; their directories have the ids of their processes in their names.
        const pid = /^archparity-[a-z]+-(\d+)-/.exec(name)?.[1];
        return !before.shared.includes(name) && (pid === undefined || ours.has(pid));
      });
      expect(left).toEqual([]);
    },
  );
});

/** Without an end the run waits a minute before it gives the guest up: scripts/soak does. */
const PAUSES =
  process.env['ARCHPARITY_LONG_FAULTS'] === '1' ? ['for a while', 'for ever'] : ['for a while'];

describe('a microVM that is stopped', () => {
  it.each(PAUSES)('%s: the other cases are judged as ever', { timeout: 300_000 }, async (pause) => {
    const cwd = makeDirectory(caller);
    const run = ['sh', '-c', 'echo 1; sleep 2; echo 2'];
    const cases = ['one', 'two', 'three'].map((name) => ({ name, run }));
    const file = join(cwd, 'suite.yaml');
    const subject = { image: image('debian-tools') };
    writeFileSync(file, JSON.stringify({ version: 1, name: 'pause', subject, cases }));
    const lanes = ['--lane', 'native', '--lane', 'vm', '-j', '1', '--timeout', '60s'];
    const running = startCli(caller, ['test', file, ...lanes, '--reporter', 'json'], { cwd });
    await waitFor('the first case', () => recordSoFar(cwd).includes('case-finished'), 240_000);
    const family = inspectFamily(running.pid);
    const qemus = family.members.filter(({ name }) => name.startsWith('qemu-system'));
    expect(qemus).toHaveLength(1);
    for (const { pid } of qemus) process.kill(pid, 'SIGSTOP');
    await new Promise((wake) => setTimeout(wake, 3000));
    if (pause === 'for a while') for (const { pid } of qemus) process.kill(pid, 'SIGCONT');
    const { code, stdout } = await running.result;
    const report = parseReport(stdout);
    // The case that ran on it then; which one that is, is not said.
    const lost = pause === 'for a while' ? [] : ['infra-error'];
    const verdicts = Object.values(verdictsOf(report));
    expect(verdicts.filter((verdict) => verdict !== 'match')).toEqual(lost);
    expect(verdicts).toHaveLength(3);
    expect(code).toBe(pause === 'for a while' ? 0 : 3);
    if (pause === 'for ever') expect(stdout).toContain('it did not answer for 60 s');
    await expectNoSurvivors(family);
  });
});
