import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hostPlatform, platformFacts } from '../src/core/index.ts';
import { downloadPackages, findMirror } from '../src/store/index.ts';
import { runTool } from './images/run-tool.ts';

/**
 * For scripts/build-guests: Debian 13's docker-buildx into build/buildx, whatever Debian this is. The tests build with
 * it as well as with Debian 12's docker, whose progress stream is another.
 */
const SUITE = 'trixie';
const PROGRAM = 'docker-buildx';

async function fetchBuildx(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const work = await mkdtemp(join(directory, 'fetching-'));
  try {
    const packages = await downloadPackages({
      directory: join(work, 'apt'),
      mirror: await findMirror(SUITE),
      suite: SUITE,
      architecture: platformFacts(hostPlatform()).debian,
      packages: [PROGRAM],
      // It needs the C library alone, which every Debian has.
      leaveOut: ['libc6', 'libgcc-s1', 'gcc-14-base'],
    });
    const found = packages.find(({ name }) => name === PROGRAM);
    if (found === undefined) throw new Error(`${SUITE} has no package ${PROGRAM}`);
    await runTool('dpkg-deb', ['--extract', found.path, join(work, 'root')]);
    const placed = join(work, PROGRAM);
    await copyFile(join(work, 'root/usr/libexec/docker/cli-plugins', PROGRAM), placed);
    await rename(placed, join(directory, PROGRAM));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const directory = resolve('build/buildx');
if (!existsSync(join(directory, PROGRAM))) {
  console.log(`build-guests: fetching ${PROGRAM}`);
  await fetchBuildx(directory);
}
