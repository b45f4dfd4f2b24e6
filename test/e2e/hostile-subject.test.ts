// What docs/security.md says of a subject that means harm, on the lanes of this machine.
import { createServer } from 'node:net';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { image, makeDirectory, runCli, unprivileged } from './cli.ts';

/** What a shell in an image tries, an answer a line. */
const ATTEMPTS = `
echo "interfaces: $(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | tr '\\n' ' ')"
echo "processes: $(cat /proc/[0-9]*/comm | sort -u | tr '\\n' ' ')"
echo "environment: $(env | cut -d= -f1 | sort | tr '\\n' ' ')"
echo "devices: $(find /dev -type b | wc -l) disks"
attempt() { what=$1; shift; if "$@" >/dev/null 2>&1; then echo "$what: done"; else echo "$what: refused"; fi; }
attempt 'a handler for core dumps' sh -c 'echo "|/tmp/x" > /proc/sys/kernel/core_pattern'
attempt 'the power switch' sh -c 'echo b > /proc/sysrq-trigger'
attempt 'a setting in /sys' sh -c 'echo 1 > /sys/kernel/mm/ksm/run'
attempt 'a disk' mknod /tmp/disk b 8 0
attempt 'the kernel log' dmesg
attempt 'the clock' date -s 2000-01-01
attempt 'a host name' hostname elsewhere
attempt 'the files of the machine' test -e "$MARKER"
`;

it.each(['native', 'emulated'])('an image on %s is kept from the machine', async (lane) => {
  const cwd = makeDirectory(unprivileged);
  const marker = join(cwd, 'marker');
  writeFileSync(marker, 'of the machine');
  const words = [
    'run',
    '--lane',
    lane,
    '-e',
    `MARKER=${marker}`,
    image('debian-tools'),
    'sh',
    '-s',
  ];
  const { code, stdout } = await runCli(unprivileged, words, {
    cwd,
    stdin: ATTEMPTS,
    env: { SECRET_OF_THE_JOB: 'x' },
  });
  expect(code).toBe(0);
  const answers = stdout.trim().split('\n');
  expect(answers.slice(4).filter((line) => !line.endsWith(': refused'))).toEqual([]);
  expect(answers.slice(4)).toHaveLength(8);
  const [interfaces, processes, environment, devices] = answers;
  expect(interfaces).toBe('interfaces: lo ');
  expect(processes).not.toMatch(/node|vitest|systemd|sshd/);
  expect(environment).toBe('environment: HOME HOSTNAME LANG MARKER PATH PWD ');
  expect(devices).toBe('devices: 0 disks');
});

it('a program may read what its caller may, and neither write nor call out', async () => {
  const cwd = makeDirectory(unprivileged);
  const secret = join(unprivileged.home, `secret-${process.pid}`);
  writeFileSync(secret, 'of the caller');
  chmodSync(secret, 0o644);
  const server = createServer((socket) => socket.end('hello'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const script = `
cat "$1"; echo
echo changed 2>/dev/null > "$1" && echo written || echo 'not written'
(exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && echo connected || echo 'not connected'
`;
  const { stdout } = await runCli(
    unprivileged,
    ['run', '--lane', 'native', '/bin/bash', '--', '-c', script, 'bash', secret, String(port)],
    { cwd },
  );
  expect(stdout).toBe('of the caller\nnot written\nnot connected\n');
  expect(readFileSync(secret, 'utf8')).toBe('of the caller');
});
