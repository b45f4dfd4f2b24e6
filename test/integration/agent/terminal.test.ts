import { describe, expect, it } from 'vitest';
import type { Spawned, SpawnSpec } from '../../../src/agent/index.ts';
import { isRoot, LANE, openAgent, shell, waitFor } from './agents.ts';

interface Session {
  readonly spawned: Spawned;
  /** Everything said so far. */
  readonly said: () => string;
  /** Waits until it was said. */
  readonly until: (text: string) => Promise<void>;
}

async function openSession(spec: SpawnSpec): Promise<Session> {
  const { client } = await openAgent();
  let text = '';
  const spawned = client.spawn(
    { terminal: { rows: 24, columns: 80 }, ...spec },
    {
      onOutput: (stream, data) =>
        (text += `${stream === 'stdout' ? '' : '[stderr]'}${data.toString()}`),
    },
  );
  return {
    spawned,
    said: () => text,
    until: async (wanted) => {
      await waitFor(
        () => text,
        (seen) => seen.includes(wanted),
      );
    },
  };
}

describe('a terminal', () => {
  it('is stdin, stdout, stderr and the controlling terminal, and has its size', async () => {
    const script =
      'test -t 0 && test -t 1 && test -t 2 && echo all; stty size; echo to-tty > /dev/tty; echo err >&2';
    const { spawned, said } = await openSession(shell(script));
    const outcome = await spawned.outcome;
    expect(said()).toBe('all\r\n24 80\r\nto-tty\r\nerr\r\n');
    expect(outcome.exits[0]?.code).toBe(0);
    expect(outcome.totalBytes.stdout).toBe(said().length);
  });

  it('echoes and edits what is typed; its Ctrl-D is the end of input', async () => {
    const { spawned, said, until } = await openSession(shell('echo ready; cat; echo end'));
    await until('ready');
    await spawned.writeStdin(Buffer.from('abX\x7fc\n'));
    await until('abc\r\n');
    spawned.endStdin();
    expect((await spawned.outcome).exits[0]?.code).toBe(0);
    expect(said()).toMatch(/end\r\n$/);
  });

  it('tells of a new size by SIGWINCH', async () => {
    const script = `trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.02; done`;
    const { spawned, said, until } = await openSession(shell(script));
    await until('ready');
    spawned.resize(50, 132);
    expect((await spawned.outcome).exits[0]?.code).toBe(3);
    expect(said()).toBe('ready\r\n50 132\r\n');
  });

  it('interrupts the foreground at Ctrl-C', async () => {
    const { spawned, said, until } = await openSession(
      shell('trap "echo caught; exit 9" INT; echo ready; sleep 30'),
    );
    await until('ready');
    await spawned.writeStdin(Buffer.from('\x03'));
    expect((await spawned.outcome).exits[0]?.code).toBe(9);
    expect(said()).toContain('caught');
    const plain = await openSession(shell('echo ready; exec sleep 30'));
    await plain.until('ready');
    await plain.spawned.writeStdin(Buffer.from('\x03'));
    expect((await plain.spawned.outcome).exits[0]?.signal).toBe('SIGINT');
  });

  it('takes what comes before it is there, and refuses what comes after', async () => {
    const { spawned, said } = await openSession(shell('read line; echo "<$line>"'));
    expect(await spawned.writeStdin(Buffer.from('early\n'))).toBe(true);
    await spawned.outcome;
    expect(said()).toContain('<early>');
    expect(await spawned.writeStdin(Buffer.from('late\n'))).toBe(false);
  });

  it('passes 1 MB of output on', async () => {
    const { spawned, said } = await openSession(
      shell('i=0; while [ $i -lt 1000 ]; do printf "%01000d\\n" $i; i=$((i+1)); done'),
    );
    const outcome = await spawned.outcome;
    expect(said().length).toBe(1000 * 1002);
    expect(outcome.totalBytes.stdout).toBe(1000 * 1002);
  });

  it.runIf(isRoot)('belongs to the user of the subject', async () => {
    const { spawned, said } = await openSession({
      ...shell('test -w "$(tty)" && echo mine; id -u'),
      uid: 65534,
      gid: 65534,
      groups: [],
    });
    await spawned.outcome;
    expect(said()).toBe('mine\r\n65534\r\n');
  });

  it('can be one of a private /dev/pts', async () => {
    const { client } = await openAgent(LANE);
    const outcome = await client.run({
      ...shell('tty; stty size; echo /dev/pts/*'),
      terminal: { rows: 5, columns: 7 },
      namespaces: ['pid', 'mount'],
      mounts: [
        { kind: 'proc', target: '/proc' },
        { kind: 'devices', target: '/dev' },
        { kind: 'terminals', target: '/dev' },
      ],
    });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.output.stdout.toString()).toBe(
      '/dev/pts/0\r\n5 7\r\n/dev/pts/0 /dev/pts/ptmx\r\n',
    );
  });

  it('fails with its step where there is none', async () => {
    const { client } = await openAgent(LANE);
    const outcome = await client.run({
      ...shell('true'),
      terminal: { rows: 1, columns: 1 },
      namespaces: ['mount'],
      mounts: [{ kind: 'tmpfs', target: '/dev', options: 'mode=755' }],
    });
    expect(outcome.failure).toEqual({ errno: 'ENOENT', step: 'open /dev/ptmx' });
  });
});
