// One suite on all kinds of lane in one command, as the ordinary user: this machine, qemu-user, a microVM and an
// ssh host, which is another microVM.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, runCli, unprivileged } from './cli.ts';
import { parseReport } from './records.ts';
import { startSshGuest, stopSshGuest } from './ssh-guest.ts';
import { callersWithGuests } from './vm-callers.ts';

const caller = callersWithGuests().at(-1) ?? unprivileged;
/** Twenty cases: what is known to differ, and what users, modes, archives and places of a lane may spoil. */
const TAGS = ['known', 'users', 'credentials', 'archives', 'environment', 'permissions'];
/** scripts/soak runs the whole suite. */
const FILTER =
  process.env['ARCHPARITY_WHOLE_SMOKE'] === undefined
    ? ['--filter', TAGS.map((tag) => `tag(${tag})`).join(' | ')]
    : [];

describe('the smoke suite on native, emulated, vm and ssh', () => {
  let ssh = '';
  beforeAll(async () => {
    ssh = await startSshGuest(caller);
  }, 300_000);

  afterAll(async () => {
    await stopSshGuest(caller);
  });

  it('holds, and no cause is undecided', { timeout: 1_800_000 }, async () => {
    const suite = join(ROOT, 'suites/smoke.yaml');
    const lanes = ['native', 'emulated', 'vm', ssh].flatMap((lane) => ['--lane', lane]);
    const words = ['test', suite, ...lanes, ...FILTER, '--reporter', 'json'];
    const { code, stdout, stderr } = await runCli(caller, words);
    expect(stdout, stderr).not.toBe('');
    const { cases, lanes: opened } = parseReport(stdout);
    expect(opened.map(({ kind }) => kind)).toEqual(['native', 'emulated', 'vm', 'ssh']);
    expect(cases.length).toBeGreaterThanOrEqual(20);
    const failed = cases.filter(({ verdict, known }) => verdict !== 'match' && known === undefined);
    expect(failed.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual([]);
    expect(cases.filter(({ cause }) => cause === 'undecided')).toEqual([]);
    for (const { lanes: ran } of cases) expect(Object.keys(ran)).toHaveLength(4);
    expect(code, stderr).toBe(0);
  });
});
