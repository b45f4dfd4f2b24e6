// What is left after archparity was killed in the middle of a suite on a microVM: nothing, QEMU included.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { image, makeDirectory, makeSubdirectory, startCli, unprivileged, waitFor } from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';
import { recordSoFar } from './records.ts';
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
