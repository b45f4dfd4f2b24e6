import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { downloadPackages, findMirror } from '../src/store/index.ts';
import { runTool } from './images/run-tool.ts';

const SUITE = 'trixie';
const SOURCES = 'test/programs/go';
const OUT = resolve('build/go');
/** Debian's and Go's names of these are the same. */
const ARCHITECTURES = ['amd64', 'arm64'] as const;

/** Unpacks Debian's Go for this machine. @returns its GOROOT */
async function fetchGo(): Promise<string> {
  const root = join(OUT, 'debian');
  if (!existsSync(root)) {
    const unpacked = `${root}.new`;
    await rm(unpacked, { recursive: true, force: true });
    const packages = await downloadPackages({
      directory: join(OUT, 'apt'),
      mirror: await findMirror(SUITE),
      suite: SUITE,
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      packages: ['golang-go'],
      leaveOut: [],
    });
    await mkdir(unpacked, { recursive: true });
    for (const { name, path } of packages)
      if (name.startsWith('golang-')) await runTool('dpkg-deb', ['--extract', path, unpacked]);
    await rm(join(OUT, 'apt'), { recursive: true });
    await runTool('mv', [unpacked, root]);
  }
  const version = (await readdir(join(root, 'usr/lib'))).find((name) => /^go-\d/.test(name));
  if (version === undefined) throw new Error(`there is no Go below ${root}`);
  // What it is compiled from lies elsewhere in Debian, behind links that are absolute.
  const sources = join(root, 'usr/share', version);
  const goroot = join(root, 'usr/lib', version);
  for (const part of ['src', 'api', 'misc', 'test']) {
    await rm(join(goroot, part), { recursive: true, force: true });
    if (existsSync(join(sources, part)))
      await runTool('ln', ['-s', join(sources, part), join(goroot, part)]);
  }
  return goroot;
}

async function buildPrograms(): Promise<void> {
  await mkdir(OUT, { recursive: true });
  const goroot = await fetchGo();
  const sources = (await readdir(SOURCES)).filter((name) => name.endsWith('.go'));
  for (const architecture of ARCHITECTURES)
    for (const source of sources) {
      const target = join(OUT, architecture, basename(source, '.go'));
      await execa(
        join(goroot, 'bin/go'),
        ['build', '-trimpath', '-o', target, join(SOURCES, source)],
        {
          env: {
            ...{ GOROOT: goroot, GOARCH: architecture, GOOS: 'linux', CGO_ENABLED: '0' },
            ...{ GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod', GOCACHE: join(OUT, 'cache') },
            ...{ GOPATH: join(OUT, 'path'), GOPROXY: 'off' },
          },
        },
      );
    }
  console.log(`build-go-programs: ${sources.length} × 2 platforms in build/go`);
}

try {
  await buildPrograms();
} catch (error) {
  console.error(`build-go-programs: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 3;
}
