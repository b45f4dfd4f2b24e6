// Images on a host where nothing but a docker daemon runs containers, over real sshds on loopback.
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLayout } from '../fixtures/oci-layout.ts';
import { DOCKER_API, startDockerd, type Dockerd } from '../setup/dockerd.ts';
import {
  LEAST_CALLERS,
  image,
  machine,
  makeDirectory,
  program,
  runCli,
  startCli,
  waitFor,
  type Caller,
} from './cli.ts';
import { parseReport, verdictsOf } from './records.ts';
import { SERVICE_CASES } from './service-cases.ts';
import { findProcesses, someSleep, startHost, testOn, type Host } from './ssh-hosts.ts';

let daemon: Dockerd;
beforeAll(async () => {
  daemon = await startDockerd(machine.directory);
}, 60_000);
afterAll(() => daemon.stop());

/** A host whose login may use the daemon; `isolation=none` is how one behaves that forbids namespaces. */
function startDockerHost(caller: Caller, settings = ',isolation=none'): Promise<Host> {
  const variables = `DOCKER_HOST=unix://${daemon.socket} DOCKER_API_VERSION=${DOCKER_API}`;
  return startHost(caller, { settings, config: [`SetEnv ${variables}`] });
}

function writeImageSuite(caller: Caller, cases: readonly string[], name = 'debian-tools'): string {
  const file = join(makeDirectory(caller, 'ssh-suite'), 'suite.yaml');
  writeFileSync(
    file,
    `version: 1\nname: s\nsubject: {image: "${image(name)}"}\ndefaults: {timeout: 60s}\ncases:\n${cases.map((line) => `  - ${line}\n`).join('')}`,
  );
  return file;
}

const containers = (): Promise<string> => daemon.docker(['ps', '--all', '--quiet']);

describe.each(LEAST_CALLERS)('docker on an ssh host, as $name', (caller) => {
  it('gives containers what the native lane gives them, and sends an image once', async () => {
    const { lane, wire } = await startDockerHost(caller);
    const script =
      'id; stat -c %A:%u:%g:%Y:%n /etc /root /usr/bin/passwd /tmp /etc/hosts; cat /etc/debian_version; echo x >/etc/new; rm /etc/debian_version; chmod 700 /srv; chown 7:8 /etc/motd; ln -s a /opt/link; rm -r /etc/apt; mkdir /etc/apt; echo y >/etc/apt/y; mkfifo /opt/fifo; cp -a /usr/bin/env /opt/env; touch -d @1 /opt/env';
    // Threads of runc's own take the first numbers of a container's processes, and its /dev has no core.
    const place =
      'env | sort; hostname; umask; pwd; cat - /proc/1/comm; grep Cap /proc/self/status; ls -A / /dev /dev/archparity /etc /sys/fs/cgroup /sys/class/net | grep -vx core; cat /etc/hosts /etc/hostname /etc/resolv.conf; ulimit -a; ulimit -Ha; cat /proc/sys/net/ipv4/ip_unprivileged_port_start; ls /proc/self/fd | wc -l';
    const suite = writeImageSuite(caller, [
      `{name: image, run: [sh, -c, "${script}"], compare: [exit, stdout, stderr, files]}`,
      `{name: place, run: [sh, -c, "${place}"], stdin: read, compare: [exit, stdout, stderr, files]}`,
      '{name: steps, setup: [[touch, /a]], teardown: [[rm, /a]], run: [sh, -c, "setsid sleep 1000 & exit 3"], compare: [exit, files]}',
      '{name: user, run: [sh, -c, "id; grep Cap /proc/self/status"], user: nobody, workdir: /srv/new, fixtures: [suite.yaml], compare: [stdout, files]}',
      '{name: signal, run: [sh, -c, "kill -9 $$"]}',
      '{name: first, run: [sh, -c, "echo $$; exit 7"], pid1: subject}',
      ...SERVICE_CASES.map((entry) => JSON.stringify(entry)),
    ]);
    const words = [suite, '--lane', 'native', '--lane', lane];
    const first = await testOn(caller, words);
    expect(verdictsOf(first.report), JSON.stringify(first.report, undefined, 1)).toEqual({
      image: 'match',
      place: 'match',
      steps: 'match',
      user: 'match',
      signal: 'match',
      first: 'match',
      service: 'match',
      pair: 'match',
    });
    expect(first.report.lanes.find(({ id }) => id === lane)?.fingerprint).toMatchObject({
      containers: 'docker',
    });
    const sent = wire.sent();
    expect((await testOn(caller, words)).code).toBe(0);
    expect(wire.sent() - sent).toBeLessThan(60_000);
    expect(await containers()).toBe('');
  });

  it('counts no directory that a runtime makes for its mounts as a change', async () => {
    const cwd = makeDirectory(caller, 'empty');
    const layout = createLayout(join(cwd, 'layout'));
    const content = readFileSync(program('write-files', 'amd64'));
    const layers = [[{ name: 'write-files', content, mode: 0o755 }]];
    const config = { Entrypoint: ['/write-files'] };
    layout.writeIndex(['v', layout.addImage({ platform: 'linux/amd64', layers, config })]);
    const suite = join(cwd, 'suite.yaml');
    writeFileSync(
      suite,
      `version: 1\nname: s\nsubject: {image: "oci:${layout.dir}:v"}\ncases:\n  - {name: one, args: [], compare: [exit, stdout, files]}\n`,
    );
    const { lane } = await startDockerHost(caller, '');
    const engines = ['crun', 'runc', 'docker'].flatMap((engine) => [
      '--lane',
      `${engine}=${lane},engine=${engine}`,
    ]);
    const { report } = await testOn(caller, [suite, '--lane', 'native', ...engines]);
    expect(verdictsOf(report), JSON.stringify(report.cases)).toEqual({ one: 'match' });
    expect(report.lanes).toHaveLength(4);
  });

  it('keeps deadlines, of a subject that is PID 1, too', async () => {
    const { lane } = await startDockerHost(caller);
    const suite = writeImageSuite(caller, [
      '{name: slow, run: [sh, -c, "sleep 600 & sleep 600"], timeout: 300ms}',
      '{name: first, run: [sleep, "600"], pid1: subject, timeout: 3s}',
    ]);
    const { report } = await testOn(caller, [suite, '--lane', lane]);
    expect(verdictsOf(report)).toEqual({ slow: 'timeout', first: 'timeout' });
    await waitFor('the end of the containers', async () => (await containers()) === '');
  });

  it('runs a command with the caller’s streams and exit code', async () => {
    const { lane } = await startDockerHost(caller);
    const words = ['run', '--lane', lane, '--', image('debian-tools'), 'sh', '-c'];
    const streams = await runCli(caller, [...words, 'cat; echo err >&2; exit 42'], {
      stdin: 'in\n',
    });
    expect(streams).toMatchObject({ stdout: 'in\n', stderr: 'err\n', code: 42 });
    const killed = await runCli(caller, [...words, 'kill -15 $$']);
    expect(killed.code).toBe(143);
  });

  it('leaves no container when it is killed, however far it came', async () => {
    const { lane } = await startDockerHost(caller);
    const seconds = someSleep();
    const suite = writeImageSuite(caller, [
      `{name: long, run: [sh, -c, "setsid sleep ${seconds} & exec sleep ${seconds}"], timeout: 120s}`,
      `{name: first, run: [sleep, "${seconds}"], pid1: subject, timeout: 120s}`,
    ]);
    const made = async (): Promise<boolean> => (await containers()) !== '';
    const runs = (): boolean => findProcesses(seconds).length === 3;
    for (const [what, reached] of [
      ['a container', made],
      ['the cases', runs],
    ] as const) {
      const running = startCli(caller, ['test', suite, '--lane', lane, '-j', '2']);
      await waitFor(what, reached);
      running.child.kill('SIGKILL');
      await running.result;
      await waitFor('the end of the subjects', () => findProcesses(seconds).length === 0);
      await waitFor('the end of the containers', async () => (await containers()) === '');
    }
  });

  it('ends containers with Ctrl-C, and when the connection is cut', async () => {
    const { lane, wire } = await startDockerHost(caller, ',isolation=none,connect-timeout=1');
    const seconds = someSleep();
    const suite = writeImageSuite(caller, [
      `{name: long, run: [sleep, "${seconds}"], timeout: 120s}`,
      `{name: first, run: [sleep, "${seconds}"], pid1: subject, timeout: 120s}`,
    ]);
    const runs = (): boolean => findProcesses(seconds).length === 2;
    const interrupted = startCli(caller, ['test', suite, '--lane', lane, '-j', '2']);
    await waitFor('the cases', runs);
    interrupted.child.kill('SIGINT');
    expect((await interrupted.result).code).toBe(130);
    await waitFor('the end of the containers', async () => (await containers()) === '');
    const cut = startCli(caller, ['test', suite, '--lane', lane, '-j', '2', '--reporter', 'json']);
    await waitFor('the cases', runs);
    wire.stallNew();
    wire.cut();
    const { stdout } = await cut.result;
    expect(verdictsOf(parseReport(stdout))).toEqual({ long: 'infra-error', first: 'infra-error' });
    await waitFor('the end of the containers', async () => (await containers()) === '');
  });

  it('runs binaries in namespaces where they are allowed, and images by docker', async () => {
    const { lane } = await startDockerHost(caller, ',engine=docker');
    const ran = await runCli(caller, ['run', '--lane', lane, program('hello', 'amd64')]);
    expect(ran.stdout).toContain('hello');
    const suite = writeImageSuite(caller, [
      '{name: one, run: [sh, -c, "echo x >/new"], compare: [exit, files]}',
    ]);
    const words = [suite, '--lane', 'native', '--lane', lane];
    const { report, stderr } = await testOn(caller, words);
    expect(verdictsOf(report)).toEqual({ one: 'match' });
    // Which is what it would say without.
    expect(stderr).not.toContain('no namespaces');
  });

  it('removes an image that nobody used for a month from the daemon, and brings it again', async () => {
    const { lane, state } = await startDockerHost(caller);
    const suite = writeImageSuite(caller, ['{name: one, run: ["true"]}']);
    const before = await daemon.docker(['images', '--quiet']);
    expect((await testOn(caller, [suite, '--lane', lane])).code).toBe(0);
    const used = join(state, 'archparity/remote/docker');
    const [key = ''] = readdirSync(used);
    utimesSync(join(used, key), 1, 1);
    expect(await daemon.docker(['images', '--format', '{{.Tag}}'])).toContain(key);
    await runCli(caller, ['run', '--lane', lane, program('hello', 'amd64')]);
    await waitFor('its removal', async () => (await daemon.docker(['images', '-q'])) === before);
    expect((await testOn(caller, [suite, '--lane', lane])).code).toBe(0);
    expect(await daemon.docker(['images', '--quiet'])).not.toBe(before);
  });

  it('has nothing in the daemon after a clean', async () => {
    const { lane, state } = await startDockerHost(caller);
    const suite = writeImageSuite(caller, ['{name: one, run: ["true"]}']);
    const before = await daemon.docker(['images', '--quiet']);
    expect((await testOn(caller, [suite, '--lane', lane])).code).toBe(0);
    expect(await daemon.docker(['images', '--quiet'])).not.toBe(before);
    expect(readdirSync(join(state, 'archparity/remote/docker'))).toHaveLength(1);
    await runCli(caller, ['ssh', 'clean', lane]);
    expect(await daemon.docker(['images', '--quiet'])).toBe(before);
    expect(existsSync(join(state, 'archparity'))).toBe(false);
  });
});
