import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../../src/core/index.ts';
import { openLane, parseLaneSpec } from '../../../src/lanes/index.ts';
import {
  actorCase,
  attemptOn,
  cacheDirectory,
  findAgents,
  imageCase,
  observeOn,
  openForTest,
} from './lanes.ts';

/** The machine's own table of handlers, when it has one. */
function hostTable(): Record<string, string> {
  const directory = '/proc/sys/fs/binfmt_misc';
  if (!existsSync(`${directory}/status`)) return {};
  const names = readdirSync(directory).filter((name) => name !== 'register');
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(`${directory}/${name}`, 'utf8')]),
  );
}

/** Ends the agents that this process has started. */
function killAgents(): void {
  for (const pid of findAgents()) process.kill(pid, 'SIGKILL');
}

describe('openLane', () => {
  it('opens the native lane', async () => {
    const lane = await openForTest('native');
    expect(lane.info).toMatchObject({ id: 'native', kind: 'native', mode: 'namespaces' });
    expect(lane.info.capabilities).toEqual(
      expect.arrayContaining([
        'files',
        'isolated-files',
        'isolated-network',
        'images',
        'child-processes',
      ]),
    );
    expect(lane.info.referee).toEqual({ kernel: 'borrowed', cpu: 'hardware' });
    expect(lane.info.fingerprint['pageSize']).toMatch(/^\d+$/);
    expect(lane.emulationFactor).toBe(1);
  });

  it('opens the emulated lane privately, and leaves the machine’s table alone', async () => {
    const before = hostTable();
    const lane = await openForTest('q=emulated');
    expect(lane.info).toMatchObject({
      id: 'q',
      kind: 'emulated',
      platform: 'linux/arm64',
      mode: 'private binfmt_misc',
    });
    expect(lane.info.fingerprint).toMatchObject({ cpu: 'neoverse-n1' });
    expect(lane.info.fingerprint['qemu']).toMatch(/^\d+\.\d+/);
    expect(lane.emulationFactor).toBeGreaterThan(1);
    expect((await observeOn(lane, actorCase(['arch']))).stdout.data).toBe('I am for arm64\n');
    expect(hostTable()).toEqual(before);
  });

  it.each(
    PLATFORMS.filter(({ qemuTarget }) => qemuTarget !== 'x86_64').map(({ platform }) => platform),
  )('emulates %s, proven by its witness', async (platform) => {
    const lane = await openForTest(`emulated,platform=${platform},binfmt=private`);
    expect(lane.info).toMatchObject({ platform, mode: 'private binfmt_misc' });
  });

  it('emulates this machine’s own platform by the prefix: a handler would call itself', async () => {
    const lane = await openForTest('emulated,platform=linux/amd64');
    expect(lane.info.mode).toMatch(/^explicit qemu prefix.*this machine runs such programs itself/);
    const seen = await observeOn(lane, actorCase(['arch']));
    expect(seen.stdout.data).toBe('I am for amd64\n');
    // QEMU alone needs more than the program.
    expect(seen.maxRssKb).toBeGreaterThan(5000);
  });

  it.each([
    ['emulated,qemu=/nonexistent', 'QEMU_MISSING', 2],
    ['emulated,qemu=/bin/true', 'QEMU_INVALID', 2],
    ['emulated,qemu=/usr/bin/qemu-arm-static', 'QEMU_INVALID', 2],
    ['emulated,cpu=pentium', 'CPU_UNKNOWN', 2],
    ['emulated,sysroot=/nonexistent', 'SYSROOT_MISSING', 2],
    ['emulated,platform=vax', 'PLATFORM_UNKNOWN', 2],
    ['emulated,isolation=none,binfmt=private', 'LANE_MODE_IMPOSSIBLE', 3],
    ['emulated,platform=linux/amd64,binfmt=private', 'LANE_MODE_IMPOSSIBLE', 3],
    ['emulated,platform=linux/amd64,binfmt=host', 'LANE_MODE_IMPOSSIBLE', 3],
  ])('refuses %s', async (spec, code, exitCode) => {
    const opening = openLane(parseLaneSpec(spec), {
      platform: 'linux/arm64',
      cacheDir: cacheDirectory(),
      measure: false,
    });
    await expect(opening).rejects.toMatchObject({ code, exitCode });
  });

  it('closes with everything that runs in it', async () => {
    const lane = await openForTest('native');
    const running = attemptOn(lane, actorCase(['stay'])).catch((error: unknown) => ({ error }));
    await new Promise((wake) => setTimeout(wake, 500));
    await lane.close();
    // The agent is gone, so nothing can be said of the case: that is no observation.
    expect(await running).not.toHaveProperty('observation');
  });

  it.each(['native', 'emulated'])(
    'is opened once again when its agent is killed: %s',
    async (spec) => {
      const lane = await openForTest(spec);
      const say = () => observeOn(lane, actorCase(['say', 'hello']));
      const underWay = attemptOn(lane, actorCase(['stay']));
      await new Promise((wake) => setTimeout(wake, 500));
      killAgents();
      await expect(underWay).rejects.toMatchObject({ code: 'AGENT_LOST' });
      const later = await Promise.all([say(), say(), observeOn(lane, imageCase('echo hello'))]);
      expect(later.map(({ stdout }) => stdout.data)).toEqual(Array(3).fill('hello\n'));
      // Whoever kills it twice means it.
      killAgents();
      await expect(attemptOn(lane, actorCase(['stay']))).rejects.toMatchObject({
        code: 'AGENT_LOST',
      });
      await expect(say()).rejects.toMatchObject({ code: 'AGENT_LOST' });
    },
  );

  it('runs many attempts at once', async () => {
    const lane = await openForTest('native');
    const observed = await Promise.all(
      Array.from({ length: 40 }, (_, index) => observeOn(lane, actorCase(['say', String(index)]))),
    );
    expect(observed.map(({ stdout }) => stdout.data)).toEqual(
      Array.from({ length: 40 }, (_, index) => `${index}\n`),
    );
    const containers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        observeOn(lane, imageCase(`echo ${index} > /f; cat /f`)),
      ),
    );
    expect(containers.map(({ stdout }) => stdout.data)).toEqual(
      Array.from({ length: 12 }, (_, index) => `${index}\n`),
    );
  });
});
