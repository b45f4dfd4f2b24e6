import { mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openAgent } from '../../../src/lanes/local/open-agent.ts';
import { openImage, type UnpackOptions } from '../../../src/lanes/local/unpack-image.ts';
import { removeTree } from '../../../src/store/index.ts';
import { makeHangingTool } from '../../setup/hanging-tool.ts';
import { machine } from './lanes.ts';

it('ends an umoci that hangs, and unpacks the image when it does not', async () => {
  const cacheDir = mkdtempSync(join(machine.directory, 'unpack-'));
  const { agent, maps } = await openAgent({ isolation: 'auto' });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await agent.close();
    await removeTree(cacheDir);
  });
  if (maps === undefined) throw new Error('there are no namespaces');
  const reference = `oci:${resolve('build/images/divergence')}:latest`;
  const open = (more: Partial<UnpackOptions> = {}) =>
    openImage(reference, 'linux/arm64', { client: agent.client, maps, cacheDir, ...more });
  vi.stubEnv('PATH', `${makeHangingTool(cacheDir, 'umoci')}:${process.env['PATH'] ?? ''}`);
  await expect(open({ toolDeadlineMs: 300 })).rejects.toMatchObject({
    code: 'IMAGE_TOOL_TIMED_OUT',
    message: expect.stringMatching(
      /^umoci did not finish with the image sha256:.* within 0.3 s/,
    ) as string,
    exitCode: 3,
  });
  vi.unstubAllEnvs();
  expect(await open()).toMatchObject({ kind: 'image', platform: 'linux/arm64' });
});
