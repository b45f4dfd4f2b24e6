import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkBuildx } from '../../../src/app/doctor/check-buildx.ts';
import type { Check } from '../../../src/app/doctor/check.ts';
import { checkPodman } from '../../../src/app/doctor/check-podman.ts';
import { checkSshHosts } from '../../../src/app/doctor/check-ssh-hosts.ts';
import type { OptionalContext } from '../../../src/app/doctor/context.ts';

let directory = '';
beforeEach(async () => {
  // Short: podman is tried in short paths alone.
  directory = await mkdtemp(join(tmpdir(), 'ap-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

function contextOf(): OptionalContext {
  return {
    platform: 'linux/arm64',
    host: 'linux/amd64',
    cacheDir: directory,
    workDir: directory,
    cwd: directory,
    env: { HOME: directory, BUILDX_CONFIG: directory },
  };
}

describe('checkBuildx', () => {
  /** What is said of a buildx whose `ls` runs a script. */
  async function checkScript(script: string): Promise<Check> {
    const path = join(directory, 'docker-buildx');
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await mkdir(join(directory, 'instances'));
    const client = { kind: 'buildx', path, version: '0.20.0', progress: 'rawjson' } as const;
    return checkBuildx({ client, reached: true, context: contextOf() });
  }

  it('names the builders', async () => {
    const builder = { Name: 'mine', Driver: 'docker', Nodes: [{ Platforms: ['linux/arm64'] }] };
    const check = await checkScript(`echo '${JSON.stringify(builder)}'`);
    expect(check.state).toBe('ok');
    expect(check.found).toMatch(/, builders: mine \(docker\): linux\/arm64$/);
  });

  it('says when they cannot be listed', async () => {
    const check = await checkScript('echo "ERROR: open instances/x: denied" >&2; exit 1');
    expect(check).toMatchObject({
      state: 'warning',
      found: expect.stringMatching(
        /cannot list its builders: ERROR: open instances\/x: denied$/,
      ) as string,
    });
  });

  it('does not hold its age against it', async () => {
    const check = await checkScript('echo "unknown flag: --format" >&2; exit 1');
    expect(check).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('too old') as string,
    });
  });
});

describe('checkPodman', () => {
  it('has podman keep everything in the directory of the doctor', async () => {
    const bin = join(directory, 'bin');
    await mkdir(bin);
    const path = join(bin, 'podman');
    const script = [
      'printf "%s\\n" "$@" > "$HOME/../../words"',
      'cat "$CONTAINERS_CONF_OVERRIDE" > "$HOME/../../configuration"',
      'echo podman version 5.0.0',
    ];
    await writeFile(path, `#!/bin/sh\n${script.join('\n')}\n`, { mode: 0o755 });
    const check = await checkPodman({ ...contextOf(), env: { PATH: `${bin}:/usr/bin:/bin` } });
    expect(check.found).toBe(`5.0.0 (${path}) ran a container`);
    const words = (await readFile(join(directory, 'words'), 'utf8')).split('\n');
    for (const option of ['--root', '--runroot', '--tmpdir'])
      expect(words[words.indexOf(option) + 1], option).toMatch(new RegExp(`^${directory}/`));
    expect(await readFile(join(directory, 'configuration'), 'utf8')).toContain(
      'lock_type = "file"',
    );
  });
});

describe('checkSshHosts', () => {
  it('gives up what takes too long, and ends it', async () => {
    await writeFile(join(directory, 'ssh'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    await writeFile(join(directory, 'archparity.yaml'), 'lanes:\n  board: ssh:nobody@board\n');
    vi.stubEnv('PATH', `${directory}:${process.env['PATH'] ?? ''}`);
    vi.stubEnv('ARCHPARITY_CACHE', join(directory, 'cache'));
    // It returns when ssh has ended.
    expect(await checkSshHosts(contextOf(), 1)).toMatchObject({
      state: 'warning',
      found: 'not all of nobody@board answered within 0.001 s',
      fix: { command: 'archparity ls hosts --check' },
    });
  });
});
