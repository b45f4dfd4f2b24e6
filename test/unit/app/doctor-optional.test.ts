import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkSshHosts } from '../../../src/app/doctor/check-ssh-hosts.ts';
import type { OptionalContext } from '../../../src/app/doctor/context.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archparity-optional-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

function contextOf(): OptionalContext {
  return {
    platform: 'linux/arm64',
    host: 'linux/amd64',
    cacheDir: directory,
    workDir: directory,
    cwd: directory,
    env: { HOME: directory, BUILDX_CONFIG: directory },
  };
}

describe('checkSshHosts', () => {
  it('gives up what takes too long, and ends it', async () => {
    await writeFile(join(directory, 'ssh'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    await writeFile(join(directory, 'archparity.yaml'), 'lanes:\n  board: ssh:nobody@board\n');
    vi.stubEnv('PATH', `${directory}:${process.env['PATH'] ?? ''}`);
    vi.stubEnv('ARCHPARITY_CACHE', join(directory, 'cache'));
    // It returns when ssh has ended.
    expect(await checkSshHosts(contextOf(), 1)).toMatchObject({
      state: 'warning',
      found: 'not all of nobody@board answered within 0.001 s',
      fix: { command: 'archparity ls hosts --check' },
    });
  });
});
