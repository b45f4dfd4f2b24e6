import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseRunLane } from '../../../src/app/choose-run-lane.ts';
import { foreignPlatform, hostPlatform, platformFacts } from '../../../src/core/index.ts';

const HOST = hostPlatform();
const FOREIGN = foreignPlatform(HOST);
let directory = '';
let own = '';
let foreign = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'choose-run-lane-'));
  own = join(directory, 'own');
  foreign = join(directory, 'foreign');
  copyFileSync(process.execPath, own);
  const header = readFileSync(own).subarray(0, 64);
  header.writeUInt16LE(platformFacts(FOREIGN).elf.machine, 18);
  // No segments.
  header.writeUInt16LE(0, 56);
  writeFileSync(foreign, header);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('chooseRunLane', () => {
  it('takes what fits a program', async () => {
    expect(await chooseRunLane({ target: own })).toMatchObject({
      platform: HOST,
      spec: { kind: 'native' },
    });
    expect(await chooseRunLane({ target: foreign })).toMatchObject({
      platform: FOREIGN,
      spec: { kind: 'emulated' },
    });
    const asked = { lane: `emulated,platform=${HOST}`, platform: HOST };
    expect(await chooseRunLane({ target: own, ...asked })).toMatchObject({
      platform: HOST,
      spec: { kind: 'emulated' },
    });
  });

  it('refuses what does not fit it', async () => {
    const refused = { code: 'LANE_WRONG_PLATFORM', exitCode: 2 };
    for (const [target, lane, platform] of [
      [own, 'emulated', undefined],
      [own, undefined, FOREIGN],
      [own, `emulated,platform=${FOREIGN}`, undefined],
      [foreign, 'native', undefined],
      [foreign, 'emulated', 'linux/riscv64'],
      [foreign, 'emulated,platform=linux/riscv64', undefined],
      ['oci:somewhere', 'native', FOREIGN],
    ] as const) {
      const options = {
        target,
        ...(lane === undefined ? {} : { lane }),
        ...(platform === undefined ? {} : { platform }),
      };
      await expect(chooseRunLane(options), JSON.stringify(options)).rejects.toMatchObject(refused);
    }
  });

  it('gives an image the platform of its lane', async () => {
    const target = 'oci:somewhere';
    const platformOn = async (lane?: string) =>
      (await chooseRunLane({ target, ...(lane === undefined ? {} : { lane }) })).platform;
    expect(await platformOn()).toBe(FOREIGN);
    expect(await platformOn('native')).toBe(HOST);
    expect(await platformOn('emulated')).toBe(FOREIGN);
    expect(await platformOn('emulated,platform=linux/s390x')).toBe('linux/s390x');
  });

  it('refuses a program of which a part is missing', async () => {
    const cut = join(directory, 'cut');
    writeFileSync(cut, readFileSync(own).subarray(0, 5000));
    await expect(chooseRunLane({ target: cut })).rejects.toMatchObject({
      code: 'ELF_TRUNCATED',
      exitCode: 2,
    });
  });
});
