// Images by crun, podman and docker on the lanes of this machine: all is the same, and nothing is left.
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANE_ENGINES } from '../../src/lanes/lane-spec.ts';
import { findTool } from '../../src/process/index.ts';
import {
  CALLERS,
  image,
  makeDirectory,
  makeSubdirectory,
  program,
  ROOT,
  runCli,
  startCli,
  unprivileged,
  waitFor,
  type Caller,
  type CliResult,
} from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';
import { parseReport, recordSoFar, verdictsOf, type JsonReport } from './records.ts';
import { SERVICE_CASES } from './service-cases.ts';
import { SUITES } from './suites.ts';

const OTHERS = LANE_ENGINES.filter((engine) => engine !== 'crun');
/** Files, users, exit codes, signals, stdin, places and limits; scripts/soak runs the whole suite. */
const CASES = [
  ...['sets modes', 'changes owners', 'links files'],
  ...['removes and replaces files of the image', 'dies by a signal', 'passes exit codes on'],
  ...['reads its input', 'has its place and limits', 'becomes another user'],
  'honours file capabilities',
];
const WHOLE = process.env['ARCHPARITY_WHOLE_SMOKE'] !== undefined;

function runSmoke(caller: Caller, engine: string): Promise<CliResult> {
  const filters = CASES.flatMap((name) => ['--filter', `name(/^${name}$/)`]);
  const suite = join(ROOT, 'suites/smoke.yaml');
  const words = ['test', suite, '--engine', engine, '--reporter', 'json'];
  return runCli(caller, [...words, ...(WHOLE ? [] : filters)]);
}

/** All that a case can see of its place, and changes of each kind. */
const PLACE =
  'env | sort; hostname; umask; pwd; cat - /proc/1/comm; grep Cap /proc/self/status; echo $$; ' +
  'ls -A / /dev /dev/archparity /etc /run /sys/fs/cgroup /sys/class/net; cat /etc/hosts /etc/hostname /etc/resolv.conf; ' +
  'ulimit -a; ulimit -Ha; cd /proc/sys/net/ipv4; cat ip_unprivileged_port_start ping_group_range; ls /proc/self/fd | wc -l; ' +
  'df -k /dev/shm | tail -n 1; cat /proc/self/uid_map; ls -A /sys/dev/block | wc -l; ' +
  // Where the root lies, and that nothing in podman’s /dev can be executed.
  'cut -d" " -f2- /proc/self/mounts | grep -v "^/ " | sed "/^.dev tmpfs/s/,noexec//" | sort';
const CHANGE =
  'set -e; stat -c %A:%u:%g:%Y:%n /etc /run /root /tmp /etc/hosts /etc/secret; echo x >/etc/new; rm /etc/debian_version; ' +
  'chmod 700 /srv; chown 7:8 /etc/issue; mkdir -p /opt; ln -s a /opt/link; rm -r /etc/pam.d; mkdir /etc/pam.d; ' +
  'echo y >/etc/pam.d/y; mkfifo /opt/fifo; cp -a /usr/bin/env /opt/env; touch -d @1 /opt/env; setsid sleep 1000 & exit 3';

function writeSuite(caller: Caller, cases: readonly object[]): string {
  const file = join(makeDirectory(caller, 'engines'), 'suite.yaml');
  const subject = { image: image('debian-tools') };
  const defaults = { timeout: '60s' };
  writeFileSync(file, JSON.stringify({ version: 1, name: 's', subject, defaults, cases }));
  return file;
}

/** On native lanes, one for each engine: the image runs as it is, and is the same. */
async function runOnEngines(caller: Caller, ...files: string[]): Promise<JsonReport> {
  const lanes = LANE_ENGINES.flatMap((engine) => ['--lane', `${engine}=native,engine=${engine}`]);
  const words = ['test', ...files, '--image', image('debian-tools'), ...lanes];
  const { stdout, stderr } = await runCli(caller, [...words, '--reporter', 'json']);
  expect(stdout, stderr).not.toBe('');
  return parseReport(stdout);
}

describe.each(CALLERS)('crun, podman and docker, as $name', (caller) => {
  it('show and report the same', { timeout: 120_000 }, async () => {
    const everything = ['exit', 'stdout', 'stderr', 'files'];
    const suite = writeSuite(caller, [
      { name: 'place', run: ['sh', '-c', PLACE], stdin: 'read', compare: everything },
      { name: 'change', run: ['sh', '-c', CHANGE], compare: everything },
      {
        name: 'steps',
        setup: [['touch', '/tmp/a']],
        teardown: [['rm', '/tmp/a']],
        run: ['sh', '-c', 'ls /tmp/a; grep Cap /proc/self/status; cat suite.yaml'],
        user: 'nobody',
        workdir: '/srv/new',
        fixtures: ['suite.yaml'],
        limits: { memory: '64M', pids: 9 },
        compare: everything,
      },
    ]);
    const report = await runOnEngines(caller, suite);
    expect(verdictsOf(report), JSON.stringify(report.cases, undefined, 1)).toEqual({
      place: 'match',
      change: 'match',
      steps: 'match',
    });
    expect(report.lanes.map(({ fingerprint }) => fingerprint['containers'])).toEqual(
      LANE_ENGINES.map((engine) => expect.stringMatching(`^${engine} \\d`) as string),
    );
    const steps = report.cases.find(({ name }) => name === 'steps');
    for (const { attempts } of Object.values(steps?.lanes ?? {}))
      expect(attempts[0]?.unenforcedLimits).toEqual(['pids', 'memory']);
  });
});

/** A file of container-structure-test with options of containers. */
function writeStructureTest(caller: Caller): string {
  const directory = makeDirectory(caller, 'bound, by "name"');
  const script =
    'cat /proc/sys/net/core/somaxconn; grep CapEff /proc/self/status; echo x >/bound/x';
  const file = join(directory, 'options.yaml');
  const options = {
    capabilities: ['NET_ADMIN'],
    sysctls: { 'net.core.somaxconn': '999' },
    bindMounts: [`${directory}:/bound`],
  };
  const commandTests = [{ name: 'options', command: 'sh', args: ['-c', script], exitCode: 0 }];
  const content = { schemaVersion: '2.0.0', commandTests, containerRunOptions: options };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

it('crun, podman and docker do the same with services, options, PID 1 and deadlines', async () => {
  const suite = writeSuite(unprivileged, [
    { name: 'first', run: ['sh', '-c', 'echo $$; exit 7'], pid1: 'subject' },
    { name: 'late', run: ['sh', '-c', 'sleep 600 & sleep 600'], timeout: '300ms' },
    ...SERVICE_CASES,
  ]);
  const report = await runOnEngines(unprivileged, suite, writeStructureTest(unprivileged));
  expect(verdictsOf(report), JSON.stringify(report.cases, undefined, 1)).toEqual({
    options: 'match',
    first: 'match',
    late: 'timeout',
    service: 'match',
    pair: 'match',
  });
});

describe('suites/smoke.yaml', { timeout: 1_800_000 }, () => {
  // What crun gives, the suite's own test sees.
  it.each(WHOLE ? LANE_ENGINES : OTHERS)('has the same verdicts with %s', async (engine) => {
    const { code, stdout, stderr } = await runSmoke(unprivileged, engine);
    expect(stdout, stderr).not.toBe('');
    const { cases, lanes } = parseReport(stdout);
    expect(lanes.map(({ id }) => id)).toEqual(['native', 'emulated']);
    const verdicts = cases.map(({ name, verdict }) => `${name}: ${verdict}`);
    expect(verdicts.filter((line) => !line.endsWith(': match'))).toEqual([]);
    expect(verdicts.length).toBeGreaterThanOrEqual(WHOLE ? 58 : CASES.length);
    expect(code, stderr).toBe(0);
  });
});

describe.each(OTHERS)('%s', (engine) => {
  it('passes streams and exit codes through, by an explicit QEMU, too', async () => {
    const lane = `emulated,binfmt=prefix,engine=${engine}`;
    const words = ['run', '--lane', lane, image('debian-tools')];
    const copied = await runCli(unprivileged, [...words, 'cat', '-', '/nowhere'], {
      stdin: 'in\n',
    });
    expect(copied).toMatchObject({ stdout: 'in\n', code: 1 });
    expect(copied.stderr).toContain('/nowhere');
  });

  it('leaves nothing when archparity is killed', async () => {
    const cwd = makeDirectory(unprivileged);
    const tmp = makeSubdirectory(unprivileged, cwd, 'tmp');
    const before = { mounts: readMounts(), tmp: readdirSync('/tmp') };
    const suite = join(SUITES, 'long-image.yaml');
    const lane = ['--lane', `emulated,engine=${engine}`];
    const words = ['test', suite, '--image', image('debian-tools'), ...lane, '-j', '4'];
    const running = startCli(unprivileged, words, { cwd, env: { TMPDIR: tmp } });
    const ended = /"type":"case-finished".*"name":"three"/;
    await waitFor('the short cases', () => ended.test(recordSoFar(cwd)), 120_000);
    // Stopped, it starts nothing new while we look at what there is.
    running.child.kill('SIGSTOP');
    const family = inspectFamily(running.pid);
    const names = family.members.map(({ name }) => name);
    expect(names).toContain(engine === 'docker' ? 'dockerd' : 'conmon');
    running.child.kill('SIGKILL');
    await running.result;
    await expectNoSurvivors(family);
    expect(readdirSync(tmp)).toEqual([]);
    expect(readMounts()).toEqual(before.mounts);
    // crun's copies of itself, and what podman and docker may keep there.
    const left = readdirSync('/tmp').filter((name) =>
      /^crun\.|podman|docker|containers/.test(name),
    );
    expect(left.filter((name) => !before.tmp.includes(name))).toEqual([]);
  });

  it('is refused before anything runs when it is not to be had', async () => {
    // Without docker, too: dockerd is looked for where administrators have it.
    const bin = makeDirectory(unprivileged, 'bin');
    for (const tool of ['newuidmap', 'newgidmap', 'qemu-aarch64-static', 'crun', 'umoci'])
      symlinkSync(findTool(tool) ?? '', join(bin, tool));
    const cwd = makeDirectory(unprivileged);
    const suite = join(SUITES, 'long-image.yaml');
    const words = ['test', suite, '--image', image('debian-tools'), '--engine', engine];
    const missing = await runCli(unprivileged, words, { cwd, env: { PATH: bin } });
    expect(missing.code).toBe(3);
    expect(missing.stderr).toMatch(
      new RegExp(`${engine} was not found in PATH\\.\n +Install it: .*${engine}`),
    );
    const bare = [
      'run',
      '--lane',
      'native,isolation=none',
      '--engine',
      engine,
      program('hello', 'amd64'),
    ];
    const impossible = await runCli(unprivileged, bare);
    expect(impossible.code).toBe(125);
    expect(impossible.stderr).toMatch(
      /cannot run images with .*isolation=none was asked for[^]*\(ENGINE_IMPOSSIBLE\)/,
    );
    expect(readdirSync(cwd)).toEqual([]);
  });
});

it('podman looks at nobody’s storage', async () => {
  const home = makeDirectory(unprivileged, 'home');
  const words = ['run', '--engine', 'podman', image('debian-tools'), 'true'];
  expect(await runCli(unprivileged, words, { env: { HOME: home } })).toMatchObject({ code: 0 });
  expect(readdirSync(home)).toEqual([]);
});

it('--engine is for lanes of this machine', async () => {
  const words = ['test', image('debian-tools'), '--lane', 'vm', '--engine', 'podman'];
  const result = await runCli(unprivileged, words);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('(ENGINE_WITHOUT_LANE)');
});
