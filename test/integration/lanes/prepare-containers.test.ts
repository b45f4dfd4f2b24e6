import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentPath, startLocalAgent, type LocalAgent } from '../../../src/agent/index.ts';
import { hostPlatform, type CaseDefinition } from '../../../src/core/index.ts';
import { prepareContainers } from '../../../src/lanes/attempt/prepare-containers.ts';
import type { PreparedSpawn } from '../../../src/lanes/attempt/prepared-spawn.ts';
import { makeCase } from '../../unit/plan/make-case.ts';

let engine: LocalAgent;
beforeAll(async () => {
  engine = await startLocalAgent({ file: agentPath(hostPlatform()) });
});
afterAll(() => engine.close());

const definition: CaseDefinition = makeCase({
  subject: { kind: 'binary', paths: { 'linux/amd64': '/bin/true' } },
  with: [
    {
      name: 'db',
      subject: { kind: 'image', reference: 'oci:db' },
      command: { kind: 'subject' },
      env: {},
      ready: { check: { kind: 'started' }, within: { kind: 'scaled', nativeMs: 1000 } },
    },
  ],
});

/** A program by the lane's own agent, a container by that of its engine. */
async function prepare(own: Pick<PreparedSpawn, 'client'>, disposed: string[]) {
  return prepareContainers(definition, 1000, ({ kind }) =>
    Promise.resolve({
      spec: { argv: [kind] },
      ...(kind === 'image' ? own : {}),
      beside: () => ({ argv: [] }),
      readFiles: () => Promise.resolve([]),
      dispose: () => {
        disposed.push(kind);
        return Promise.resolve();
      },
    }),
  );
}

describe('prepareContainers', () => {
  it('makes all of a case ready', async () => {
    const { companions, main } = await prepare({}, []);
    expect(main.spec.argv).toEqual(['binary']);
    expect(companions.map(({ name, spawn }) => [name, spawn.spec.argv])).toEqual([
      ['db', ['image']],
    ]);
  });

  it('refuses a program and a container that share no network, and keeps nothing of them', async () => {
    const disposed: string[] = [];
    await expect(prepare({ client: engine.client }, disposed)).rejects.toMatchObject({
      code: 'NETWORK_NOT_SHARED',
    });
    expect(disposed).toEqual(['binary', 'image']);
  });
});
