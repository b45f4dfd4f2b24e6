import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NamespaceOptions, SpawnSpec } from '../../../src/agent/index.ts';
import {
  AGENT,
  ENV,
  expectGone,
  findMarked,
  LANE,
  makeMarker,
  openAgent,
  shell,
  waitFor,
} from './agents.ts';

const OWNER = fileURLToPath(new URL('../../fixtures/agent/own-agent.ts', import.meta.url));

/** A subject with a descendant that left it, both deaf to all but SIGKILL. */
function stubborn(marker: string): SpawnSpec {
  const deaf = `trap "" TERM INT HUP; while :; do sleep 1; done`;
  return shell(`(setsid sh -c '${deaf}' "$1" &) ; ${deaf}`, marker);
}

const MODES: readonly (readonly [string, NamespaceOptions | undefined, Partial<SpawnSpec>])[] = [
  ['of a server', undefined, {}],
  ['of a lane', LANE, {}],
  ['of a lane, with a case in namespaces of its own', LANE, { namespaces: ['pid', 'mount'] }],
];

interface Owned {
  readonly node: ChildProcess;
  /** The process that node started. */
  readonly agent: number;
  readonly marker: string;
}

async function startOwner(
  namespaces: NamespaceOptions | undefined,
  spec: Partial<SpawnSpec>,
): Promise<Owned> {
  const marker = makeMarker();
  const args = [
    OWNER,
    AGENT,
    JSON.stringify(namespaces ?? null),
    JSON.stringify({ ...stubborn(marker), ...spec }),
  ];
  const node = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  onTestFinished(() => void node.kill('SIGKILL'));
  const [line] = (await once(node.stdout, 'data')) as [Buffer];
  const agent = Number(/^ready (\d+)/.exec(line.toString())?.[1]);
  // node itself has the marker among its words, too.
  await waitFor(
    () => findMarked(marker),
    (found) => found.length >= 3,
  );
  return { node, agent, marker };
}

async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => 'State:\tX');
  return !/^State:\s+[ZX]/m.test(status);
}

async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    if (Number(text.slice(text.lastIndexOf(')') + 4).split(' ')[0]) === pid)
      children.push(Number(name));
  }
  return children;
}

describe.each(MODES)('death %s', (_name, namespaces, spec) => {
  it('follows that of the node process that owns the agent', async () => {
    const { node, agent, marker } = await startOwner(namespaces, spec);
    const inside = await childrenOf(agent);
    node.kill('SIGKILL');
    await expectGone(marker);
    for (const pid of [agent, ...inside])
      await waitFor(
        () => isAlive(pid),
        (alive) => !alive,
        2000,
      );
  });

  it('by SIGKILL of the process that node started leaves nothing behind', async () => {
    const { node, agent, marker } = await startOwner(namespaces, spec);
    const inside = await childrenOf(agent);
    process.kill(agent, 'SIGKILL');
    // node is still there, and has the marker among its words.
    await waitFor(
      () => findMarked(marker),
      (left) => left.length === 1,
      2000,
    );
    for (const pid of inside)
      await waitFor(
        () => isAlive(pid),
        (alive) => !alive,
        2000,
      );
    node.kill('SIGKILL');
    await expectGone(marker);
  });

  it('by SIGTERM is as complete', async () => {
    const { node, agent, marker } = await startOwner(namespaces, spec);
    // The launcher of a lane is not the server: that is its child.
    const target = namespaces === undefined ? agent : ((await childrenOf(agent))[0] ?? agent);
    process.kill(target, 'SIGTERM');
    await waitFor(
      () => findMarked(marker),
      (left) => left.length === 1,
      2000,
    );
    await waitFor(
      () => isAlive(agent),
      (alive) => !alive,
      2000,
    );
    node.kill('SIGKILL');
    await expectGone(marker);
  });
});

describe('death of the PID 1 of a lane', () => {
  it('leaves nothing behind, and the client is told', async () => {
    const agent = await openAgent(LANE);
    const marker = makeMarker();
    const spawned = agent.client.spawn(stubborn(marker));
    await waitFor(
      () => findMarked(marker),
      (found) => found.length >= 2,
    );
    const [first] = await childrenOf(agent.process.pid);
    process.kill(first ?? 0, 'SIGKILL');
    await expect(spawned.outcome).rejects.toMatchObject({ code: 'AGENT_LOST' });
    await expectGone(marker);
    expect(await agent.process.exited).toEqual({ exitCode: 128 + 9 });
    await expect(agent.client.get('/etc/passwd')).rejects.toMatchObject({ code: 'AGENT_LOST' });
    await expect(agent.client.run(shell('true'))).rejects.toMatchObject({ code: 'AGENT_LOST' });
  });
});

describe('the end of an agent', () => {
  it('by close ends what runs, and is no failure of the process', async () => {
    for (const namespaces of [undefined, LANE]) {
      const agent = await openAgent(namespaces);
      const marker = makeMarker();
      agent.client.spawn(stubborn(marker));
      agent.client.spawn({ ...stubborn(marker), env: ENV });
      await waitFor(
        () => findMarked(marker),
        (found) => found.length >= 4,
      );
      await agent.close();
      expect(await findMarked(marker)).toEqual([]);
      expect(await agent.process.exited).toEqual({ exitCode: 0 });
    }
  });
});

describe('an agent whose peer fell silent', () => {
  it('ends with all that it started, not before', async () => {
    const marker = makeMarker();
    const { client } = await openAgent(LANE);
    const spawned = client.spawn(stubborn(marker));
    const lost = expect(spawned.outcome).rejects.toMatchObject({ code: 'AGENT_LOST' });
    await waitFor(
      () => findMarked(marker),
      (found) => found.length >= 2,
    );
    client.watch(1);
    for (let beat = 0; beat < 6; beat += 1) {
      await new Promise((wake) => setTimeout(wake, 300));
      client.watch(1);
    }
    expect(await findMarked(marker)).not.toEqual([]);
    await lost;
    await expectGone(marker);
  });

  it('waits for ever when it was not told to watch, or told to stop', async () => {
    const { client } = await openAgent(undefined);
    client.watch(1);
    client.watch(0);
    const { exits } = await client.run({ argv: ['/bin/sleep', '1.5'] });
    expect(exits[0]?.code).toBe(0);
  });
});
