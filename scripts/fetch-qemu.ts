import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { downloadPackages, findMirror } from '../src/store/index.ts';
import { runTool } from './images/run-tool.ts';

const PROGRAM = 'qemu-aarch64';

/** Debian's name of this machine's architecture. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

async function fetchQemu(suite: string, directory: string): Promise<string> {
  const target = join(directory, PROGRAM);
  if (existsSync(target)) return target;
  await mkdir(directory, { recursive: true });
  // Of several that fetch at once each works in a directory of its own; the last rename wins.
  const work = await mkdtemp(join(directory, 'fetching-'));
  try {
    const packages = await downloadPackages({
      directory: join(work, 'apt'),
      mirror: await findMirror(suite),
      suite,
      architecture: ARCHITECTURES[process.arch] ?? process.arch,
      packages: ['qemu-user'],
      leaveOut: [],
    });
    const found = packages.find(({ name }) => name === 'qemu-user');
    if (found === undefined) throw new Error(`${suite} has no package qemu-user`);
    await runTool('dpkg-deb', ['--extract', found.path, join(work, 'root')]);
    const placed = join(work, PROGRAM);
    await copyFile(join(work, 'root/usr/bin', PROGRAM), placed);
    await rename(placed, target);
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const [suite = '', directory = ''] = process.argv.slice(2);
try {
  console.log(await fetchQemu(suite, resolve(directory)));
} catch (error) {
  console.error(`fetch-qemu: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 3;
}
