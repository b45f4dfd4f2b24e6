import { describe, expect, it } from 'vitest';
import { CALLERS, image, program, startCli, waitFor, type RunningCli } from './cli.ts';
import { expectNoSurvivors, inspectFamily } from './leftovers.ts';

async function said(running: RunningCli, text: string): Promise<void> {
  await waitFor(`"${text}" (${running.stderr()})`, () => running.stdout().includes(text));
}

describe.each(CALLERS)('signals of archparity run, as $name', (caller) => {
  it.each(['arm64', 'amd64'] as const)('hands SIGTERM on to an %s program', async (arch) => {
    const running = startCli(caller, ['run', program('catch-term', arch)]);
    await said(running, 'ready');
    running.child.kill('SIGTERM');
    expect(await running.result).toMatchObject({ code: 7, stdout: 'ready\nstopped by SIGTERM\n' });
  });

  it('hands SIGTERM on into a container', async () => {
    const running = startCli(caller, [
      'run',
      image('debian-tools'),
      'sh',
      '-c',
      'trap "echo caught; exit 7" TERM; echo ready; while :; do sleep 0.1; done',
    ]);
    await said(running, 'ready');
    running.child.kill('SIGTERM');
    expect(await running.result).toMatchObject({ code: 7, stdout: 'ready\ncaught\n' });
  });

  it.each(['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1'] as const)(
    'ends a program by %s',
    async (signal) => {
      const running = startCli(caller, ['run', program('echo-stdin')], { stdin: null });
      running.child.stdin?.write('ready');
      await said(running, 'ready');
      running.child.kill(signal);
      const numbers = { SIGINT: 130, SIGHUP: 129, SIGQUIT: 131, SIGUSR1: 138 };
      expect((await running.result).code).toBe(numbers[signal]);
    },
  );

  it('kills with the third Ctrl-C what ignores the first two', async () => {
    const running = startCli(caller, ['run', program('sleep-forever')]);
    await said(running, 'sleeping');
    const family = inspectFamily(running.pid);
    for (let count = 0; count < 2; count += 1) {
      running.child.kill('SIGINT');
      await new Promise((wake) => setTimeout(wake, 300));
      expect(running.child.exitCode).toBeNull();
    }
    running.child.kill('SIGINT');
    expect((await running.result).code).toBe(137);
    await expectNoSurvivors(family);
  });

  it.each([
    ['a program', (): string[] => [program('fork-tree'), '4']],
    ['a program of this machine', (): string[] => [program('fork-tree', 'amd64'), '4']],
    [
      'an image',
      (): string[] => [
        image('debian-tools'),
        'sh',
        '-c',
        '(setsid sh -c "trap : TERM INT HUP; sleep 1000" & ); echo left 1 behind',
      ],
    ],
  ])('leaves nothing of %s running that escaped by a double fork', async (_name, words) => {
    const running = startCli(caller, ['run', ...words()]);
    await said(running, 'behind');
    const family = inspectFamily(running.pid);
    expect((await running.result).code).toBe(0);
    await expectNoSurvivors(family);
  });

  it('ends children of an emulated shell with it on Ctrl-C', async () => {
    const running = startCli(caller, [
      'run',
      image('debian-tools'),
      'sh',
      '-c',
      'sleep 1000 & sleep 1001 & echo ready; wait',
    ]);
    await said(running, 'ready');
    const family = inspectFamily(running.pid);
    expect(family.members.length).toBeGreaterThan(4);
    running.child.kill('SIGINT');
    expect((await running.result).code).toBe(130);
    await expectNoSurvivors(family);
  });

  it('leaves nothing when it is killed itself', async () => {
    for (const words of [
      [program('fork-tree'), '3'],
      [image('debian-tools'), 'sh', '-c', 'echo behind; sleep 1000'],
    ]) {
      const running = startCli(caller, ['run', ...words], { stdin: null });
      await said(running, 'behind').catch(() => undefined);
      const family = inspectFamily(running.pid);
      running.child.kill('SIGKILL');
      await running.result;
      await expectNoSurvivors(family);
    }
  });
});
