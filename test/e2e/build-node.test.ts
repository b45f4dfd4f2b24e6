// A microVM that builds images for whoever says DOCKER_HOST=ssh://…
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type Registry } from '../../scripts/registry/start-registry.ts';
import { makeDirectory, ROOT } from './cli.ts';
import { keepNode } from './kept-node.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';
import { callersWithNodes } from './vm-callers.ts';

/** Debian's, which has BuildKit in it: another in PATH may need a plugin. */
const DOCKER = '/usr/bin/docker';

const callers = callersWithNodes();
/** scripts/soak has each caller do both. */
const ALL = process.env['ARCHPARITY_ALL_BUILDS'] !== undefined;

describe('a build node', () => {
  let registry: Registry | undefined;
  beforeAll(async () => {
    registry = await startRegistry(join(ROOT, 'build/images'));
    await registry.push(['run-base']);
  });
  afterAll(() => registry?.close());

  it.each(ALL ? callers : callers.slice(-1))(
    'of $name builds for arm64, and leaves nothing when its owner is killed',
    { timeout: 400_000 },
    async (caller) => {
      const { address = '' } = registry ?? {};
      const port = address.split(':')[1] ?? '';
      const mounts = readMounts();
      const { running, reach, run, tmp } = await keepNode(caller, [port]);
      expect(reach.dockerHost).toMatch(/^ssh:\/\//);
      expect(await run('ssh', ['archparity-node', 'uname', '-m'])).toBe('aarch64\n');
      // Only its owner may read the keys.
      expect(statSync(dirname(reach.sshConfig)).mode & 0o077).toBe(0);

      const context = makeDirectory(caller, 'context');
      // The registry as the guest sees it, from inside of a build: through its bridge and its network.
      const fetched = `wget -q -O /seen http://10.0.2.2:${port}/v2/_catalog`;
      const lines = ['ARG BASE', 'FROM ${BASE}', `RUN uname -m >/machine && ${fetched}`, ''];
      writeFileSync(join(context, 'Dockerfile'), lines.join('\n'));
      const base = `BASE=${address}/run-base`;
      await run(DOCKER, ['build', '--quiet', '--build-arg', base, '--tag', 'seen', context]);
      const platform = ['image', 'inspect', '--format', '{{.Os}}/{{.Architecture}}', 'seen'];
      expect(await run(DOCKER, platform)).toBe('linux/arm64\n');
      const shown = await run(DOCKER, ['run', '--rm', 'seen', 'cat', '/machine', '/seen']);
      expect(shown).toBe('aarch64\n{"repositories":["run-base"]}\n');

      const family = inspectFamily(running.pid);
      expect(readdirSync(tmp)).not.toEqual([]);
      running.child.kill('SIGKILL');
      await running.result;
      await expectNoSurvivors(family);
      expect(readdirSync(tmp)).toEqual([]);
      expect(readMounts()).toEqual(mounts);
    },
  );

  it.each(ALL ? callers : callers.slice(0, 1))(
    'of $name leaves nothing when it is closed',
    { timeout: 300_000 },
    async (caller) => {
      const { running, run, tmp } = await keepNode(caller, []);
      expect(await run(DOCKER, ['info', '--format', '{{.Architecture}}'])).toBe('aarch64\n');
      const family = inspectFamily(running.pid);
      running.child.stdin?.end();
      const { code, stderr } = await running.result;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      await expectNoSurvivors(family);
      expect(readdirSync(tmp)).toEqual([]);
    },
  );
});
