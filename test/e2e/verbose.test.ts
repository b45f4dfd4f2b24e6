import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLayout } from '../fixtures/oci-layout.ts';
import {
  anyCaller,
  image,
  makeDirectory,
  makeSubdirectory,
  program,
  runCli,
  type CliResult,
} from './cli.ts';
import { startHost } from './ssh-hosts.ts';
import { callersWithGuests } from './vm-callers.ts';

/** Every line of stderr is a command, and each of these is among them. */
function expectCommands({ stderr }: CliResult, commands: readonly RegExp[]): void {
  const lines = stderr.split('\n').filter((line) => line.startsWith('+ '));
  for (const command of commands)
    expect(
      lines.filter((line) => command.test(line)).length,
      `${String(command)} in\n${stderr}`,
    ).toBeGreaterThan(0);
}

it('--verbose prints every host command of a first run, and of a second one only what it needs', async () => {
  const caller = anyCaller;
  const cwd = makeDirectory(caller, 'verbose');
  const layout = createLayout(join(cwd, 'layout'));
  const files = [{ name: 'hello', content: readFileSync(program('hello')), mode: 0o755 }];
  const config = { Entrypoint: ['/hello'] };
  layout.writeIndex(['v', layout.addImage({ platform: 'linux/arm64', layers: [files], config })]);
  const archive = join(cwd, 'image.tar');
  execFileSync('skopeo', [
    '--insecure-policy',
    '--override-arch',
    'arm64',
    'copy',
    '--quiet',
    `oci:${layout.dir}:v`,
    `docker-archive:${archive}:app:1`,
  ]);
  const env = { ARCHPARITY_CACHE: makeSubdirectory(caller, cwd, 'cache') };
  const words = ['run', '--verbose', `docker-archive:${archive}`];
  const first = await runCli(caller, words, { cwd, env });
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('hello') as string });
  const commands = first.stderr.split('\n').filter((line) => line !== '');
  for (const line of commands) expect(line).toMatch(/^\+ /);
  for (const command of [
    /qemu-aarch64\S* --version$/,
    /qemu-aarch64\S* -cpu help$/,
    /qemu-aarch64\S* -cpu \S+ .*witness/,
    /derived-qemu\/\S+\/qemu .*witness/,
    /flock .*image-archive/,
    /skopeo .*docker-archive:/,
    /flock .*image-layout/,
    /flock .*rootfs/,
    /umoci raw unpack .* # in the lane's user namespace$/,
    /archparity-agent lane /,
  ])
    expect(commands.filter((line) => command.test(line)).length, String(command)).toBeGreaterThan(
      0,
    );
  const second = await runCli(caller, words, { cwd, env });
  expect(second.stderr.trim().split('\n')).toHaveLength(1);
});

it('--verbose prints every host command of an ssh lane', async () => {
  const caller = anyCaller;
  const { lane } = await startHost(caller);
  const cwd = makeDirectory(caller, 'verbose');
  const env = { ARCHPARITY_CACHE: makeSubdirectory(caller, cwd, 'cache') };
  const suite = join(cwd, 'suite.yaml');
  writeFileSync(
    suite,
    `version: 1\nname: s\nsubject: {image: "${image('debian-tools')}"}\ncases:\n  - {name: one, run: ["true"]}\n`,
  );
  const words = ['test', suite, '--verbose', '--lane', lane];
  const first = await runCli(caller, words, { cwd, env });
  expect(first.code, first.stderr).toBe(0);
  expectCommands(first, [
    /flock .*ssh-config/,
    /ssh -G -F \S+ -T -- board$/,
    /ssh -F \S+ -M -S \S+ -T -- board 'exec \/bin\/sh'$/,
    /archparity-agent calibrate$/,
    /umoci raw unpack .* # in the lane's user namespace$/,
    /flock .*image-archive/,
    /tar -C \S+ .* # in the lane's user namespace$/,
  ]);
  // The second ssh, which only wants to know the key.
  const unknown = await startHost(caller, { client: ['UserKnownHostsFile /dev/null'] });
  const refused = await runCli(
    caller,
    ['run', '--verbose', '--lane', unknown.lane, program('hello', 'amd64')],
    { cwd, env },
  );
  expect(refused.stderr).toContain('SSH_HOST_KEY_UNKNOWN');
  expectCommands(refused, [/ssh -v -F \S+ -T -- board true$/]);
});

it('--verbose prints every host command of a vm lane', { timeout: 600_000 }, async () => {
  const caller = callersWithGuests()[0] ?? anyCaller;
  // A size that nobody else has: its snapshot is made now.
  const lane = 'vm,memory=600M';
  const run = await runCli(caller, [
    'run',
    '--verbose',
    '--lane',
    lane,
    image('divergence'),
    'page-size',
  ]);
  expect(run.stdout, run.stderr).toContain('4096');
  expectCommands(run, [
    /flock .*vm-initrd|flock .*vm-snapshot/,
    /archparity-agent guard \S*qemu-system-aarch64 /,
    /cp --sparse=always -- /,
    /du --summarize --block-size=1M \S+ {2}# in the lane's user namespace$/,
    /mke2fs -q -t ext4 .* # in the lane's user namespace$/,
    /debugfs -w -R 'rmdir lost\+found' .* # in the lane's user namespace$/,
  ]);
});
