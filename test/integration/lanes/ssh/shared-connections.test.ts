import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ALONE, SharedConnections } from '../../../../src/lanes/ssh/shared-connections.ts';

it('lets nobody wait for a connection that there is no place for', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'shared-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const cacheDir = join(directory, 'file');
  writeFileSync(cacheDir, '');
  const connections = new SharedConnections();
  const take = () => connections.join(['ssh', '-F', '/dev/null', 'nowhere'], { cacheDir });
  const seats = await Promise.allSettled([take(), take()]);
  expect(seats).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: ALONE }]);
});
