import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { measureEmulationFactor } from '../../../src/lanes/emulated/emulation-factor.ts';

it('says how an emulator ended that could not be measured', async () => {
  const cacheDir = mkdtempSync(join(tmpdir(), 'factor-'));
  onTestFinished(() => rmSync(cacheDir, { recursive: true }));
  await expect(
    measureEmulationFactor('/bin/false', 'linux/arm64', { cacheDir }),
  ).rejects.toMatchObject({
    code: 'CALIBRATION_FAILED',
    message: expect.stringMatching(/^\/bin\/false \S+ did not measure .*: exit 1\.$/) as string,
  });
});
