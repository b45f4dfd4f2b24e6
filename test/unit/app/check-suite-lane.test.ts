import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLaneCheck } from '../../../src/app/check-suite-lane.ts';
import { listMistakes, SUITE_HEAD } from '../suite/list-mistakes.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lane-check-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('createLaneCheck', () => {
  it.each([
    ['nativ', '4:9 unknown lane "nativ" (did you mean "native"?)'],
    ['board', '4:9 unknown lane "board" (a lane starts with one of native, emulated, vm, ssh)'],
    [
      '"vm,foo=1"',
      '4:9 the lane "vm,foo=1" has an unknown setting "foo=1" (a lane of kind vm has: pages, cpu, memory, smp, kernel, initrd, qemu)',
    ],
    [
      '"emulated,qmu=/x"',
      '4:9 the lane "emulated,qmu=/x" has an unknown setting "qmu=/x" (did you mean "qemu"?)',
    ],
    [
      '"emulated,qemu=/nope"',
      '4:9 the lane "emulated,qemu=/nope" names a qemu that does not exist',
    ],
    ['ssh', '4:9 an ssh lane needs a host (write ssh:USER@HOST)'],
  ])('says of %s at its place what is wrong', async (lane, message) => {
    const checkLane = await createLaneCheck(directory, true);
    const text = `${SUITE_HEAD}lanes: [${lane}]\ncases: [{name: a}]`;
    expect(listMistakes(text, '/s.yaml', { checkLane })).toEqual([message]);
  });

  it('knows the names of the project', async () => {
    writeFileSync(join(directory, 'archparity.yaml'), 'lanes: {board: ssh:pi@board}\n');
    const checkLane = await createLaneCheck(directory, true);
    expect(checkLane('board')).toBeUndefined();
    expect(checkLane('baord')).toMatchObject({ hint: 'did you mean "board"?' });
  });

  it('leaves a broken project file to the lane that needs it', async () => {
    writeFileSync(join(directory, 'archparity.yaml'), 'lanes: 3\n');
    const checkLane = await createLaneCheck(directory, true);
    expect(checkLane('native')).toBeUndefined();
    expect(checkLane('board')).toBeUndefined();
  });

  it('does not look for files of lanes that others replace', async () => {
    const checkLane = await createLaneCheck(directory, false);
    expect(checkLane('emulated,qemu=/nope')).toBeUndefined();
    expect(checkLane('emulated,qmu=/nope')).toBeDefined();
  });
});
