// scripts/serve-bases: whatever ends it, or whoever started it, the registry ends too.
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { killTree } from '../../src/process/kill-tree.ts';
import { anyCaller, ROOT, startCli, waitFor } from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts, type Family } from './leftovers.ts';

interface Serving {
  /** The shell that started it, and waits. */
  readonly shell: number;
  readonly pid: number;
  /** The shell, the command, and all below it. */
  readonly family: Family;
  /** The shell's exit code; null when it was killed. */
  readonly exit: Promise<number | null>;
}

async function serveBases(): Promise<Serving> {
  const shell = startCli(anyCaller, ['run-base'], {
    through: ['sh', '-c', '"$@" & echo "pid $!"; wait $!', 'sh'],
    node: 'bash',
    cli: join(ROOT, 'scripts/serve-bases'),
    cwd: ROOT,
  });
  onTestFinished(() => {
    shell.child.kill('SIGKILL');
  });
  const ended = (): boolean => shell.child.exitCode !== null;
  await waitFor('the bases', () => shell.stdout().includes('--build-arg') || ended(), 60_000);
  const [, pid, address] = /^pid (\d+)[^]* REGISTRY=(\S+)/m.exec(shell.stdout()) ?? [];
  expect(address, shell.stderr()).toBeDefined();
  onTestFinished(async () => {
    await killTree(Number(pid), 0);
  });
  const tags = await fetch(`http://${address ?? ''}/v2/run-base/tags/list`);
  expect(await tags.json()).toEqual({ name: 'run-base', tags: ['latest'] });
  return {
    shell: shell.pid,
    pid: Number(pid),
    family: inspectFamily(shell.pid),
    exit: shell.result.then(({ code }) => code),
  };
}

it.each([
  ['Ctrl-C', ({ pid }: Serving) => process.kill(pid, 'SIGINT'), 0],
  ['kill -9', ({ pid }: Serving) => process.kill(pid, 'SIGKILL'), 128 + 9],
  ['kill -9 of whoever started it', ({ shell }: Serving) => process.kill(shell, 'SIGKILL'), null],
])('ends with all that it started after %s', async (_what, end, code) => {
  const mounts = readMounts();
  const serving = await serveBases();
  // sh, the command, the agent's unshare and init, docker-registry.
  expect(serving.family.members.length).toBeGreaterThanOrEqual(5);
  end(serving);
  await expectNoSurvivors(serving.family);
  expect(await serving.exit).toBe(code);
  expect(readMounts()).toEqual(mounts);
});
