// Lanes on other machines, by the command line, over real sshds on loopback: the machine there is this one, so
// its platform is asked for by name.
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CALLERS,
  LEAST_CALLERS,
  image,
  makeDirectory,
  PATIENCE_MS,
  program,
  runCli,
  startCli,
  waitFor,
} from './cli.ts';
import { parseReport, verdictsOf } from './records.ts';
import { SERVICE_CASES } from './service-cases.ts';
import {
  controlSockets,
  countLogins,
  findProcesses,
  isConnected,
  someSleep,
  startHost,
  testOn,
  writeSuite,
} from './ssh-hosts.ts';
import { runBench } from './bench-runs.ts';

describe.each(LEAST_CALLERS)('an ssh lane, as $name', (caller) => {
  it('runs a command with the caller’s streams and exit code', async () => {
    const { lane } = await startHost(caller);
    const echoed = await runCli(caller, ['run', '--lane', lane, program('echo-stdin', 'amd64')], {
      stdin: 'over there\n',
    });
    expect(echoed.stdout).toContain('over there');
    const left = await runCli(caller, ['run', '--lane', lane, program('exit42', 'amd64')]);
    expect(left.code).toBe(42);
  });

  it('measures benchmarks on the host', async () => {
    const { lane } = await startHost(caller);
    const words = ['--lane', 'native', '--lane', `there=${lane}`, '-r', '6'];
    const { report, result } = await runBench(caller, [
      ...words,
      ...['--binary', `linux/amd64=${program('count-primes', 'amd64')}`, '--', '20000'],
    ]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const [bench] = report.benchmarks;
    expect(bench?.lanes['there']?.wallMs?.samples).toHaveLength(6);
    expect(bench?.comparisons).toMatchObject([{ base: 'native', lane: 'there' }]);
  });

  it('gives a subject what the native lane gives it, and sends it once', async () => {
    const { lane, wire } = await startHost(caller);
    const input = join(makeDirectory(caller, 'fixture'), 'in.txt');
    writeFileSync(input, 'fixture\n');
    const suite = writeSuite(
      caller,
      [
        `{name: context, args: [a, "b c"], stdin: "x", env: {X: "1"}, compare: [exit, stdout, stderr]}`,
        `{name: files, run: [sh, -c, "cat in.txt; echo new >out; id -u; pwd; umask"], fixtures: ["${input}"], compare: [exit, stdout, stderr, files]}`,
        `{name: signal, run: [sh, -c, "kill -9 $$"]}`,
        `{name: timeout, run: [sleep, "60"], timeout: 300ms}`,
      ],
      'print-context',
    );
    const words = [suite, '--lane', 'native', '--lane', lane];
    const first = await testOn(caller, words);
    expect(verdictsOf(first.report)).toEqual({
      context: 'match',
      files: 'match',
      signal: 'match',
      timeout: 'timeout',
    });
    const sent = wire.sent();
    await testOn(caller, words);
    // A login, the script and the cases; the agent alone is half a megabyte.
    expect(wire.sent() - sent).toBeLessThan(60_000);
  });

  it.each(['crun', 'runc', 'podman'])('runs images with %s, sent once', async (engine) => {
    const { lane, wire } = await startHost(caller, { settings: `,engine=${engine}` });
    const suite = join(makeDirectory(caller, 'ssh-suite'), 'suite.yaml');
    const script =
      'id; ls -ldn /root /usr/bin/passwd /tmp; cat /etc/debian_version; echo x >/etc/new; rm /etc/debian_version';
    // Threads of runc's own take the first numbers of a container's processes, and its /dev has no core.
    const pid = engine === 'runc' ? '' : 'echo $$; ';
    const place = `env | sort; hostname; umask; pwd; cat - /proc/1/comm; grep Cap /proc/self/status; ${pid}ls -A / /dev /sys/class/net | grep -vx core; ulimit -a; cat /proc/sys/net/ipv4/ping_group_range; ls /proc/self/fd | wc -l`;
    writeFileSync(
      suite,
      [
        'version: 1',
        'name: s',
        `subject: {image: "${image('debian-tools')}"}`,
        'defaults: {timeout: 60s}',
        'cases:',
        `  - {name: image, run: [sh, -c, "${script}"], compare: [exit, stdout, stderr, files]}`,
        `  - {name: place, run: [sh, -c, "${place}"], stdin: read, compare: [exit, stdout, stderr, files]}`,
        '  - {name: steps, setup: [[touch, /a]], teardown: [[rm, /a]], run: [sh, -c, "setsid sleep 1000 & exit 3"], compare: [exit, files]}',
        '  - {name: user, run: [id], user: nobody, workdir: /srv/new, fixtures: [suite.yaml], compare: [stdout, files]}',
        '  - {name: signal, run: [sh, -c, "kill -9 $$"]}',
        ...SERVICE_CASES.map((entry) => `  - ${JSON.stringify(entry)}`),
        '',
      ].join('\n'),
    );
    const words = [suite, '--lane', 'native', '--lane', lane];
    const first = await testOn(caller, words);
    // Cgroups of the machine's own are not ours to make.
    for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'])
      expect(existsSync(join(root, 'case'))).toBe(false);
    expect(verdictsOf(first.report)).toEqual({
      service: 'match',
      pair: 'match',
      image: 'match',
      place: 'match',
      steps: 'match',
      user: 'match',
      signal: 'match',
    });
    const ran = first.report.cases.find(({ name }) => name === 'image');
    expect(ran?.lanes[lane]?.attempts[0]?.stdout).toContain('uid=0(root)');
    const sent = wire.sent();
    expect((await testOn(caller, words)).code).toBe(0);
    expect(wire.sent() - sent).toBeLessThan(60_000);
  });

  it('makes a case once more on a new connection when its own was cut', async () => {
    const { lane, wire } = await startHost(caller);
    const seconds = someSleep();
    const marker = join(makeDirectory(caller, 'marker'), 'cut');
    // Sleeps as long as the connection was not cut.
    const suite = writeSuite(caller, [
      `{name: long, run: [sh, -c, "[ -e ${marker} ] || exec sleep ${seconds}; echo done"], timeout: 120s}`,
      '{name: short, run: [echo, short]}',
    ]);
    const running = startCli(caller, ['test', suite, '--lane', lane, '--reporter', 'json']);
    await waitFor('the case', () => findProcesses(seconds).length > 0);
    writeFileSync(marker, '');
    wire.cut();
    const { stdout, code } = await running.result;
    expect(verdictsOf(parseReport(stdout))).toEqual({ long: 'match', short: 'match' });
    expect(code).toBe(0);
    await waitFor('the end of what ran there', () => findProcesses(seconds).length === 0);
  });

  it('says that the lane broke when the host is gone for good', async () => {
    const { lane, wire } = await startHost(caller, { settings: ',connect-timeout=1' });
    const seconds = someSleep();
    const suite = writeSuite(caller, [`{name: long, run: [sleep, "${seconds}"], timeout: 120s}`]);
    const running = startCli(caller, ['test', suite, '--lane', lane, '--reporter', 'json']);
    await waitFor('the case', () => findProcesses(seconds).length > 0);
    wire.stallNew();
    wire.cut();
    const { stdout, code } = await running.result;
    expect(verdictsOf(parseReport(stdout))).toEqual({ long: 'infra-error' });
    expect(code).toBe(3);
    await waitFor('the end of what ran there', () => findProcesses(seconds).length === 0);
  });

  it('leaves nothing running there when it is killed', async () => {
    const { lane } = await startHost(caller);
    const seconds = someSleep();
    const suite = writeSuite(caller, [
      `{name: long, run: [sh, -c, "setsid sleep ${seconds} & exec sleep ${seconds}"], timeout: 120s}`,
    ]);
    const running = startCli(caller, ['test', suite, '--lane', lane]);
    await waitFor('the case', () => findProcesses(seconds).length === 2);
    running.child.kill('SIGKILL');
    await running.result;
    await waitFor('their end', () => findProcesses(seconds).length === 0, PATIENCE_MS);
    await waitFor('the end of ssh', () => !isConnected(lane), PATIENCE_MS);
  });

  it('ends with Ctrl-C while it waits for a connection', async () => {
    const { lane, wire } = await startHost(caller, { settings: ',connect-timeout=600' });
    wire.stallNew();
    const suite = writeSuite(caller, ['{name: one, args: []}']);
    const running = startCli(caller, ['test', suite, '--lane', lane]);
    await waitFor('ssh', () => isConnected(lane));
    running.child.kill('SIGINT');
    expect((await running.result).code).toBe(130);
    await waitFor('the end of ssh', () => !isConnected(lane), PATIENCE_MS);
  });

  it('shares the cases of a pool among its hosts', async () => {
    const hosts = [await startHost(caller), await startHost(caller)];
    const suite = writeSuite(
      caller,
      [1, 2, 3, 4].map(
        (number) => `{name: "${number}", run: [sh, -c, "sleep 0.3; echo ${number}"]}`,
      ),
    );
    const cwd = makeDirectory(caller, 'project');
    writeFileSync(
      join(cwd, 'archparity.yaml'),
      `lanes:\n  farm: [${hosts.map(({ lane }) => JSON.stringify(lane)).join(', ')}]\n`,
    );
    const words = ['test', suite, '--lane', 'native', '--lane', 'farm', '-j', '4'];
    const { code, stdout } = await runCli(caller, [...words, '--reporter', 'json'], { cwd });
    const report = parseReport(stdout);
    expect(Object.values(verdictsOf(report))).toEqual(['match', 'match', 'match', 'match']);
    expect(code).toBe(0);
    // Both were used: each has the suite's program.
    for (const { state } of hosts)
      expect(readdirSync(join(state, 'archparity/remote/content'))).toHaveLength(1);
  });

  it('removes what nobody used for a month from the host, and brings it again', async () => {
    const { lane, state, wire } = await startHost(caller);
    const suite = join(makeDirectory(caller, 'ssh-suite'), 'suite.yaml');
    writeFileSync(
      suite,
      `version: 1\nname: s\nsubject: {image: "${image('debian-tools')}"}\ndefaults: {timeout: 60s}\ncases:\n  - {name: one, run: [sh, -c, "echo x >/new"], fixtures: [suite.yaml], compare: [exit, files]}\n`,
    );
    const words = [suite, '--lane', 'native', '--lane', lane];
    expect((await testOn(caller, words)).code).toBe(0);
    const top = join(state, 'archparity/remote');
    const old = join(top, 'agent', 'f'.repeat(64));
    mkdirSync(old);
    chownSync(old, caller.uid, caller.gid);
    const [content, images] = ['content', 'images'].map((name) => join(top, name));
    const month = 24 * 3600 * 31;
    const aged = [old, ...[content, images].flatMap((path = '') => entriesOf(path))];
    expect(aged).toHaveLength(3);
    const long = Date.now() / 1000 - month;
    for (const path of aged) utimesSync(path, long, long);
    const [agent] = entriesOf(join(top, 'agent')).filter((path) => path !== old);
    // Used last almost a month ago.
    utimesSync(agent ?? '', long + 24 * 3600 * 2, long + 24 * 3600 * 2);
    await runCli(caller, ['run', '--lane', lane, program('hello', 'amd64')]);
    await waitFor('their removal', () => aged.every((path) => !existsSync(path)));
    expect(existsSync(agent ?? '')).toBe(true);
    const sent = wire.sent();
    expect((await testOn(caller, words)).code).toBe(0);
    expect(wire.sent() - sent).toBeGreaterThan(1_000_000);
  });

  it('logs in once to a host that several lanes mean', async () => {
    const host = await startHost(caller);
    const suite = writeSuite(caller, ['{name: one, run: [echo, one]}']);
    const other = host.lane.replace('ssh:board', 'other=ssh:twin');
    const words = [suite, '--lane', host.lane, '--lane', `${other},isolation=none`];
    const { report } = await testOn(caller, [...words, '--lane', `third=${host.lane}`]);
    expect(verdictsOf(report)).toEqual({ one: 'match' });
    expect(report.lanes).toHaveLength(3);
    expect(countLogins(host)).toBe(1);
    expect(controlSockets(caller)).toEqual([]);
  });

  it('logs in anew for all lanes of a host when their connection was cut', async () => {
    const host = await startHost(caller);
    const seconds = someSleep();
    const marker = join(makeDirectory(caller, 'marker'), 'cut');
    const suite = writeSuite(caller, [
      `{name: long, run: [sh, -c, "[ -e ${marker} ] || exec sleep ${seconds}; echo done"], timeout: 120s}`,
    ]);
    const lanes = ['--lane', host.lane, '--lane', `other=${host.lane}`];
    const running = startCli(caller, ['test', suite, ...lanes, '--reporter', 'json']);
    await waitFor('the cases', () => findProcesses(seconds).length === 2);
    writeFileSync(marker, '');
    host.wire.cut();
    const { stdout, stderr } = await running.result;
    expect(verdictsOf(parseReport(stdout)), stderr).toEqual({ long: 'match' });
    expect(controlSockets(caller)).toEqual([]);
  });

  it('leaves no connection and no socket when several lanes are killed', async () => {
    const host = await startHost(caller);
    const seconds = someSleep();
    const suite = writeSuite(caller, [`{name: long, run: [sleep, "${seconds}"], timeout: 120s}`]);
    const lanes = ['--lane', host.lane, '--lane', `other=${host.lane}`];
    const running = startCli(caller, ['test', suite, ...lanes]);
    await waitFor('the cases', () => findProcesses(seconds).length === 2);
    expect(countLogins(host)).toBe(1);
    expect(controlSockets(caller)).toHaveLength(1);
    running.child.kill('SIGKILL');
    await running.result;
    await waitFor('their end', () => findProcesses(seconds).length === 0, PATIENCE_MS);
    await waitFor('the end of ssh', () => !isConnected(host.lane), PATIENCE_MS);
    expect(controlSockets(caller)).toEqual([]);
  });

  it.each([
    ['the user shares connections', { client: ['ControlPath ~/.ssh/no-such-socket'] }],
    ['sshd takes one session in a connection', { config: ['MaxSessions 1'] }],
  ])('logs in for each lane where %s', async (_when, settings) => {
    const host = await startHost(caller, settings);
    const suite = writeSuite(caller, ['{name: one, run: [echo, one]}']);
    const lanes = ['--lane', host.lane, '--lane', `other=${host.lane}`];
    const { report } = await testOn(caller, [suite, ...lanes]);
    expect(verdictsOf(report)).toEqual({ one: 'match' });
    expect(countLogins(host)).toBe(2);
  });

  it('looks at a host and cleans it', async () => {
    const { lane, state } = await startHost(caller);
    const seen = await runCli(caller, ['ssh', 'check', lane, '--json']);
    expect(JSON.parse(seen.stdout)).toMatchObject([
      { host: 'board', platform: 'linux/amd64', namespaces: true },
    ]);
    await runCli(caller, ['run', '--lane', lane, program('hello', 'amd64')]);
    expect(readdirSync(state)).toEqual(['archparity']);
    const cleaned = await runCli(caller, ['ssh', 'clean', lane]);
    expect(cleaned.stdout).toMatch(/^board: [1-9]\d* KiB removed\n$/);
    expect(readdirSync(state)).toEqual([]);
  });

  it('is not ready when the host cannot be used', async () => {
    const { lane } = await startHost(caller);
    const suite = writeSuite(caller, ['{name: one, args: []}']);
    const arm64 = lane.replace('linux/amd64', 'linux/arm64');
    const result = await runCli(caller, ['test', suite, '--lane', 'native', '--lane', arm64]);
    expect(result.code).toBe(3);
    expect(result.stdout).toContain('SSH_WRONG_PLATFORM');
  });
});

const root = CALLERS.find(({ name }) => name === 'root');
describe.runIf(root !== undefined)('an ssh lane on a host whose disk is full', () => {
  const sized = (size: string) => (state: string) =>
    `mount -t tmpfs -o size=${size} tmpfs ${state}`;

  it('says so of a fixture, and the other cases go on', async () => {
    if (root === undefined) return;
    // Room for the agent and the program.
    const { lane } = await startHost(root, { mounts: sized('1800k') });
    const big = join(makeDirectory(root, 'big'), 'big.bin');
    writeFileSync(big, Buffer.alloc(2_000_000, 'x'));
    const suite = writeSuite(root, [
      `{name: big, run: [wc, -c, big.bin], fixtures: ["${big}"]}`,
      '{name: small, run: [echo, small]}',
    ]);
    const { report, code } = await testOn(root, [suite, '--lane', 'native', '--lane', lane]);
    expect(verdictsOf(report)).toEqual({ big: 'infra-error', small: 'match' });
    expect(JSON.stringify(report)).toContain('REMOTE_NO_SPACE');
    expect(code).toBe(3);
  });

  it('says so of the subject', async () => {
    if (root === undefined) return;
    const { lane } = await startHost(root, { mounts: sized('1200k') });
    const suite = writeSuite(root, ['{name: one, args: []}']);
    const { report, code } = await testOn(root, [suite, '--lane', 'native', '--lane', lane]);
    expect(verdictsOf(report)).toEqual({ one: 'infra-error' });
    expect(report.cases[0]?.lanes['native']?.verdict).not.toBe('infra-error');
    expect(code).toBe(3);
  });
});

describe.runIf(root !== undefined)('an ssh lane on a host that has busybox', () => {
  it('runs binaries and images', async () => {
    if (root === undefined) return;
    // All of /usr/bin: where programs are looked for by a path of ours, too. tar is not GNU's, nothing makes sums.
    const bin = makeDirectory(root, 'busybox');
    const applets = execFileSync('busybox', ['--list']).toString().trim().split('\n');
    for (const name of ['busybox', 'crun']) copyFileSync(`/usr/bin/${name}`, join(bin, name));
    for (const name of applets)
      if (name !== 'busybox' && name !== 'sha256sum') symlinkSync('busybox', join(bin, name));
    // The login shell of root.
    copyFileSync('/usr/bin/dash', join(bin, 'bash'));
    const { lane, state, wire } = await startHost(root, {
      mounts: () => `mount --bind ${bin} /usr/bin`,
    });
    const suite = join(makeDirectory(root, 'ssh-suite'), 'suite.yaml');
    writeFileSync(
      suite,
      [
        'version: 1',
        'name: s',
        `subject: {image: "${image('debian-tools')}"}`,
        'defaults: {timeout: 60s}',
        'cases:',
        '  - {name: one, run: [sh, -c, "id; cat /etc/debian_version; echo x >/new; ls -ln /usr/bin/passwd"], fixtures: [suite.yaml], compare: [exit, stdout, stderr, files]}',
        '',
      ].join('\n'),
    );
    const seen = await runCli(root, ['ssh', 'check', lane, '--json']);
    // It is no longer this machine's own /usr/bin.
    expect(JSON.parse(seen.stdout)).toMatchObject([{ tools: { crun: '/usr/bin/crun' } }]);
    expect(seen.stdout).not.toContain('podman');
    const words = [suite, '--lane', 'native', '--lane', lane];
    const { report } = await testOn(root, words);
    expect(verdictsOf(report), JSON.stringify(report)).toEqual({ one: 'match' });
    const ran = await runCli(root, ['run', '--lane', lane, program('hello', 'amd64')]);
    expect(ran.stdout, ran.stderr).toContain('hello');
    const [entry = ''] = entriesOf(join(state, 'archparity/remote/content'));
    utimesSync(entry, 1, 1);
    await runCli(root, ['run', '--lane', lane, program('exit42', 'amd64')]);
    await waitFor('the removal of what is old', () => !existsSync(entry));
    const sent = wire.sent();
    expect((await testOn(root, words)).code).toBe(0);
    expect(wire.sent() - sent).toBeLessThan(60_000);
    const cleaned = await runCli(root, ['ssh', 'clean', lane]);
    expect(cleaned.stdout).toMatch(/^board: [1-9]\d* KiB removed\n$/);
    expect(readdirSync(state)).toEqual([]);
  });
});

function entriesOf(directory: string): string[] {
  return readdirSync(directory).map((name) => join(directory, name));
}
