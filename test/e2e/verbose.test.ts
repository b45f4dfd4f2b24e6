import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLayout } from '../fixtures/oci-layout.ts';
import { anyCaller, makeDirectory, makeSubdirectory, program, runCli } from './cli.ts';

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
