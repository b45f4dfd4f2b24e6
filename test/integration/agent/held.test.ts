import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SpawnSpec } from '../../../src/agent/index.ts';
import { LANE, makeDirectory, openAgent, shell } from './agents.ts';

const PLACES: readonly (readonly [string, Partial<SpawnSpec>])[] = [
  ['in namespaces', { namespaces: ['pid', 'mount', 'net'] }],
  ['without', {}],
];

describe.each(PLACES)('a spawn that is held, %s', (_, more) => {
  async function holdOne(script: string, spec: Partial<SpawnSpec> = {}) {
    const mark = join(await makeDirectory(), 'mark');
    const agent = await openAgent(LANE);
    const setup = [['sh', '-c', `echo set up >${mark}`]];
    const held = agent.client.spawn({ ...shell(script), setup, held: true, ...more, ...spec });
    // Whatever is sent after it is answered after it.
    await agent.client.run(shell('true'));
    await sleep(50);
    return { agent, held, mark };
  }

  it('starts nothing before it may', async () => {
    const { held, mark } = await holdOne('exit 7');
    expect(existsSync(mark)).toBe(false);
    held.go();
    expect((await held.outcome).exits).toMatchObject([{ code: 7 }]);
    expect(existsSync(mark)).toBe(true);
  });

  it('has its whole deadline then', async () => {
    const { held } = await holdOne('exit 7', { deadlineMs: 5_000 });
    const timely = await holdOne('exec sleep 1000', { deadlineMs: 20, graceMs: 20 });
    await sleep(30);
    timely.held.go();
    held.go();
    expect((await timely.held.outcome).exits).toMatchObject([{ timedOut: true }]);
    expect((await held.outcome).exits).toMatchObject([{ code: 7, timedOut: false }]);
  });

  it('is killed like any other', async () => {
    const { held, mark } = await holdOne('true');
    held.kill();
    const { exits, init } = await held.outcome;
    expect({ exits, init }).toEqual({ exits: [], init: { signal: 'SIGKILL' } });
    held.go();
    expect(existsSync(mark)).toBe(false);
  });

  it('ends with its agent', async () => {
    const { agent, held, mark } = await holdOne('true');
    await agent.close();
    await expect(held.outcome).rejects.toThrow();
    expect(existsSync(mark)).toBe(false);
  });
});
