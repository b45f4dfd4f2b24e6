// A remote lane on an agent of this machine, whose state lies in a directory that stands for another machine.
import { mkdirSync, mkdtempSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { agentPath } from '../../../src/agent/index.ts';
import { hostPlatform, type LaneInfo } from '../../../src/core/index.ts';
import { agentFacts } from '../../../src/lanes/local/lane-facts.ts';
import { openAgent, type OpenedAgent } from '../../../src/lanes/local/open-agent.ts';
import type { RemoteConnection } from '../../../src/lanes/remote/remote-connection.ts';
import { RemoteLane } from '../../../src/lanes/remote/remote-lane.ts';
import { actorCase, attemptOn, cacheDirectory, machine, observeOn } from './lanes.ts';

interface Site {
  readonly lane: RemoteLane;
  readonly stateDir: string;
  /** The agents of all connections so far. */
  readonly agents: readonly OpenedAgent[];
}

async function openRemote(
  isolation: 'auto' | 'none',
  reconnecting: { readonly reconnects: number; readonly retriesLost: boolean },
): Promise<Site> {
  const stateDir = mkdtempSync(join(machine.directory, 'remote-'));
  const agents: OpenedAgent[] = [];
  const connect = async (): Promise<RemoteConnection> => {
    const opened = await openAgent({ isolation });
    agents.push(opened);
    return {
      client: opened.agent.client,
      stateDir,
      agentFile: agentPath(hostPlatform()),
      ...(opened.maps === undefined ? {} : { ids: opened.maps.kind }),
      explainLoss: (error) => Promise.resolve({ code: 'SITE_LOST', message: error.message }),
      close: () => opened.agent.close(),
    };
  };
  const connection = await connect();
  const info: LaneInfo = {
    id: 'remote',
    kind: 'ssh',
    platform: hostPlatform(),
    capabilities: ['binaries', 'files'],
    fingerprint: agentFacts(connection.client.hello),
    mode: 'test',
    referee: { kernel: 'real', cpu: 'hardware' },
  };
  const lane = new RemoteLane({
    info,
    emulationFactor: 1,
    cacheDir: cacheDirectory(),
    connection,
    reconnect: connect,
    ...reconnecting,
  });
  onTestFinished(() => lane.close());
  return { lane, stateDir, agents };
}

it.each(['auto', 'none'] as const)(
  'brings a program and fixtures once, and reports what they changed (isolation %s)',
  async (isolation) => {
    const { lane, stateDir } = await openRemote(isolation, { reconnects: 0, retriesLost: false });
    const place = mkdtempSync(join(machine.directory, 'fixtures-'));
    mkdirSync(join(place, 'data'));
    writeFileSync(join(place, 'data/inner.txt'), 'inner\n', { mode: 0o640 });
    utimesSync(join(place, 'data/inner.txt'), 1_600_000_000, 1_600_000_000);
    const definition = actorCase([], {
      command: {
        kind: 'shell',
        script: 'cat data/inner.txt; stat -c %Y data/inner.txt; echo > new',
      },
      fixtures: [join(place, 'data')],
      compare: ['stdout', 'files'],
    });
    const first = await observeOn(lane, definition);
    expect(first.stdout.data).toBe('inner\n1600000000\n');
    expect(first.files?.map(({ path }) => path)).toEqual(['new']);
    const content = join(stateDir, 'content');
    const names = readdirSync(content);
    expect(names).toHaveLength(2);
    const identities = names.map((name) => statSync(join(content, name)).ctimeMs);
    expect((await observeOn(lane, actorCase(['exit', '7']))).termination).toEqual({
      kind: 'exit',
      code: 7,
    });
    await observeOn(lane, definition);
    expect(readdirSync(content)).toEqual(names);
    expect(names.map((name) => statSync(join(content, name)).ctimeMs)).toEqual(identities);
    if (isolation === 'none') expect(readdirSync(join(stateDir, 'work'))).toEqual([]);
  },
);

it('makes a lost attempt once more where that is wanted', async () => {
  const { lane, agents } = await openRemote('auto', { reconnects: 1, retriesLost: true });
  await lane.prepare(actorCase([]).subject);
  const attempt = attemptOn(
    lane,
    actorCase([], { command: { kind: 'shell', script: 'sleep 1; echo done' } }),
  );
  await new Promise((wake) => setTimeout(wake, 400));
  agents[0]?.agent.process.kill('SIGKILL');
  expect((await attempt).observation?.stdout.data).toBe('done\n');
  expect(agents).toHaveLength(2);
});

it('says what is known of the loss, and goes on with the next case', async () => {
  const { lane, agents } = await openRemote('auto', { reconnects: 1, retriesLost: false });
  await lane.prepare(actorCase([]).subject);
  const attempt = attemptOn(lane, actorCase([], { command: { kind: 'shell', script: 'sleep 5' } }));
  await new Promise((wake) => setTimeout(wake, 400));
  agents[0]?.agent.process.kill('SIGKILL');
  expect((await attempt).infra?.code).toBe('SITE_LOST');
  expect((await observeOn(lane, actorCase(['exit', '3']))).termination).toMatchObject({ code: 3 });
  agents[1]?.agent.process.kill('SIGKILL');
  await agents[1]?.agent.process.exited;
  expect((await attemptOn(lane, actorCase(['exit', '3']))).infra?.code).toBe('SITE_LOST');
});
