// A machine that does not come up.
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { Machine } from '../../../src/lanes/vm/machine.ts';
import { prepareQemuSystem } from '../../../src/lanes/vm/qemu-system.ts';
import { readVmSettings } from '../../../src/lanes/vm/vm-settings.ts';
import { cacheDirectory } from './lanes.ts';

it('gives up a guest that hangs at boot, and ends its QEMU', async () => {
  const settings = readVmSettings({ id: 'vm', kind: 'vm', settings: { memory: '256M' } });
  const qemu = await prepareQemuSystem(settings, { cacheDir: cacheDirectory() });
  // No kernel: the processor runs into what it cannot execute.
  const file = resolve('package.json');
  const assets = { kernel: file, initrd: file };
  const machine = await Machine.start({ qemu, settings, assets, memory: { kind: 'private' } });
  await expect(machine.ready(2000)).rejects.toMatchObject({
    code: 'VM_BOOT_FAILED',
    message: expect.stringContaining('nothing for 2 s') as string,
  });
  expect(await machine.exited).toMatchObject({ exitCode: 137 });
});
