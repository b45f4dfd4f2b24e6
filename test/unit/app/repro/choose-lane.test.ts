import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseLane, chooseRecorded } from '../../../../src/app/repro/choose-lane.ts';
import type { RecordedCase } from '../../../../src/app/recorded/recorded-case.ts';
import { makeLane, makeRecorded } from '../recorded/make-recorded.ts';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'parity-lane-'));
  writeFileSync(join(cwd, 'archparity.yaml'), 'lanes: {q10: "emulated,qemu=/opt/q10"}\n');
});
afterAll(() => {
  rmSync(cwd, { recursive: true });
});

/** A case whose only lane has no spec, as in a record of an older version. */
function onLane(id: string, argv: readonly string[], isBundled: boolean): RecordedCase {
  const recorded = makeRecorded({ lanes: [{ info: makeLane(id) }] });
  const start = { ...recorded.start, argv, cwd };
  return { ...recorded, start, ...(isBundled ? { isBundled: true } : {}) };
}

const QEMU = ['test', '--lane', 'mine=emulated,qemu=/opt/q10'];

describe('chooseLane', () => {
  it('reads a lane without a spec from the command line, the project file or its id', async () => {
    for (const [id, argv] of [
      ['mine', QEMU],
      ['q10', []],
      ['emulated,qemu=/opt/q10', []],
    ] as const) {
      const { spec } = await chooseLane(onLane(id, argv, false), undefined, cwd);
      expect(spec).toMatchObject({ id, kind: 'emulated', settings: { qemu: '/opt/q10' } });
    }
  });

  it('takes nothing of elsewhere for the lane of a bundle', async () => {
    for (const [id, argv, code] of [
      ['mine', QEMU, 'LANE_NOT_RECORDED'],
      ['q10', [], 'LANE_NOT_RECORDED'],
      ['emulated', ['--lane', 'emulated=ssh:a@h'], undefined],
      ['emulated,qemu=/opt/q10', [], 'LANE_OF_ELSEWHERE'],
      ['emulated,sysroot=/', [], 'LANE_OF_ELSEWHERE'],
      ['vm,kernel=/boot/vmlinuz', [], 'LANE_OF_ELSEWHERE'],
      ['x=ssh:a@h', [], 'LANE_OF_ELSEWHERE'],
      ['ssh:a@h', [], 'LANE_OF_ELSEWHERE'],
      ['native,isolation=none', [], 'LANE_NOT_ISOLATED'],
    ] as const) {
      const choosing = chooseLane(onLane(id, argv, true), undefined, cwd);
      if (code === undefined)
        expect((await choosing).spec).toEqual({ id, kind: 'emulated', settings: {} });
      else await expect(choosing).rejects.toMatchObject({ code, exitCode: 2 });
    }
  });

  it('takes a lane that the user spells out, whatever a bundle means by it', async () => {
    const spec = { id: 'native', kind: 'ssh', settings: { host: 'a@h' } } as const;
    const bundled = makeRecorded({ isBundled: true, lanes: [{ info: makeLane('native'), spec }] });
    await expect(chooseRecorded(bundled, 'native')).rejects.toMatchObject({
      code: 'LANE_OF_ELSEWHERE',
    });
    const { spec: chosen } = await chooseLane(bundled, 'native', cwd);
    expect(chosen).toEqual({ id: 'native', kind: 'native', settings: {} });
    const mine = 'emulated,qemu=/opt/q10';
    const { spec: own } = await chooseLane(onLane(mine, [], true), mine, cwd);
    expect(own).toMatchObject({ kind: 'emulated', settings: { qemu: '/opt/q10' } });
  });
});
