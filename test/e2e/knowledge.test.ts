// Every entry of the knowledge base that this machine can show, shown: real programs on real lanes, and the
// explanation that the report gives. The others say in `unprovoked` why not (test/unit/judge/knowledge).
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { createLayout, type TarEntry } from '../fixtures/oci-layout.ts';
import { compileProgram } from '../setup/compile-program.ts';
import {
  anyCaller,
  CALLERS,
  image,
  machine,
  makeDirectory,
  program,
  ROOT,
  runCli,
  unprivileged,
} from './cli.ts';
import { expectedOf, explainAll, type Where } from './explain-all.ts';
import { privateHost } from './private-host.ts';
import { DIVERGENCE_EXPLANATIONS, type Place } from './provocations.ts';

const HOST_QEMU = '/usr/bin/qemu-aarch64-static';
const ARCHITECTURES = ['amd64', 'arm64'] as const;

interface ExplainedCase {
  readonly name: string;
  readonly explanation?: { readonly id: string };
}

function binaries(pathOf: (architecture: 'amd64' | 'arm64') => string): string[] {
  return ARCHITECTURES.flatMap((arch) => ['--binary', `linux/${arch}=${pathOf(arch)}`]);
}

const provoke = (arch: 'amd64' | 'arm64'): string =>
  compileProgram('provoke', arch, machine.directory);

let newer = '';
beforeAll(() => {
  const directory = join(ROOT, 'build/qemu/trixie');
  newer = execFileSync(join(ROOT, 'scripts/fetch-qemu'), ['trixie', directory], {
    encoding: 'utf8',
  }).trim();
}, 180_000);

describe.each(CALLERS)('the knowledge base explains, as $name', (caller) => {
  const explains = (place: Place, where: () => Where): void => {
    it(place, async () => {
      expect(await explainAll(caller, place, where())).toEqual(expectedOf(place));
    });
  };

  explains('native and emulated', () => ({
    lanes: ['native', 'emulated'],
    subject: binaries(provoke),
  }));
  explains('prefix', () => ({
    lanes: ['native', 'emulated,binfmt=prefix'],
    subject: binaries(provoke),
  }));
  explains('newer QEMU', () => ({
    lanes: ['native', `emulated,qemu=${newer}`],
    subject: binaries(provoke),
  }));
  explains('native', () => ({ lanes: ['native'], subject: binaries(provoke) }));
  explains('handler without P', () => ({
    lanes: ['native', 'emulated,binfmt=host'],
    subject: ['--image', makeImage('setuid', setuidProgram)],
    ...privateHost(caller, HOST_QEMU, 'OCF'),
  }));
  explains('no loader', () => ({
    lanes: ['native', 'emulated'],
    // Static on one platform, and without its C library on the other.
    subject: [
      '--image',
      makeImage('no-loader', (arch) => ({
        name: 'bin/app',
        content: readFileSync(program(arch === 'amd64' ? 'hello' : 'hello-dynamic', arch)),
        mode: 0o755,
      })),
    ],
  }));
  explains('Debian 12', () => ({
    lanes: ['native', 'emulated'],
    subject: ['--image', image('debian-tools')],
  }));

  explains('handler without C', () => ({
    lanes: ['native', 'emulated,binfmt=host'],
    subject: ['--image', makeImage('setuid', setuidProgram)],
    ...privateHost(caller, HOST_QEMU, 'PF'),
  }));

  explains('AppImage', () => ({
    lanes: ['native', 'emulated'],
    subject: binaries(appImage),
  }));
});

/** Both hierarchies are mounted, and the second has controllers (cgroups(7)). */
const HYBRID = ((): boolean => {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  return mounts.includes(' cgroup ') && mounts.includes(' cgroup2 ');
})();

describe('the knowledge base explains', () => {
  it.runIf(HYBRID)('hybrid cgroups', async () => {
    // A lane with namespaces hides the hierarchies of the host.
    const where = { lanes: ['native,isolation=none'], subject: binaries(provoke) };
    expect(await explainAll(anyCaller, 'hybrid cgroups', where)).toEqual(
      expectedOf('hybrid cgroups'),
    );
  });

  // Once: it waits for a deadline.
  it('slow CPU', async () => {
    const where = {
      lanes: ['native', 'emulated,cpu=max'],
      subject: ['--image', image('debian13-tools')],
    };
    expect(await explainAll(anyCaller, 'slow CPU', where)).toEqual(expectedOf('slow CPU'));
  });

  it('what differs between architectures', async () => {
    const cwd = makeDirectory(unprivileged);
    const text = readFileSync(join(ROOT, 'suites/divergence.yaml'), 'utf8');
    const suite = parseDocument(text).toJS() as {
      cases: { name: string; known?: object; tags: string[] }[];
    };
    for (const entry of suite.cases) delete entry.known;
    writeFileSync(join(cwd, 'divergence.yaml'), JSON.stringify(suite));
    const { stdout } = await runCli(
      unprivileged,
      [
        ...['test', 'divergence.yaml', '--image', image('divergence')],
        ...['--lane', 'native', '--lane', 'emulated', '--reporter', 'json'],
      ],
      { cwd },
    );
    const report = JSON.parse(stdout) as { cases: ExplainedCase[] };
    const tags = new Map(suite.cases.map(({ name, tags }) => [name, tags[0]]));
    const found = report.cases.flatMap(({ name, explanation }) =>
      explanation === undefined ? [] : [[tags.get(name), explanation.id] as const],
    );
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(DIVERGENCE_EXPLANATIONS));
  }, 300_000);
});

/** The program, setuid root. */
function setuidProgram(architecture: 'amd64' | 'arm64'): TarEntry {
  return { name: 'bin/provoke', content: readFileSync(provoke(architecture)), mode: 0o4755 };
}

/** An image of both platforms with one program; its reference. */
function makeImage(name: string, programFor: (arch: 'amd64' | 'arm64') => TarEntry): string {
  const layout = join(machine.directory, `${name}-image-${process.pid}`);
  const directories = ['bin', 'etc', 'proc', 'dev', 'sys', 'tmp'];
  const { addImage, writeIndex } = createLayout(layout);
  writeIndex(
    ...ARCHITECTURES.map((arch) =>
      addImage({
        platform: `linux/${arch}`,
        layers: [[...directories.map((each) => ({ name: each, type: '5' })), programFor(arch)]],
      }),
    ),
  );
  return `oci:${layout}`;
}

/** The program with the marker of an AppImage in its ELF header (type 2: `AI\x02` at byte 8). */
function appImage(architecture: 'amd64' | 'arm64'): string {
  const directory = join(machine.directory, `appimage-${architecture}`);
  const target = join(directory, 'provoke.AppImage');
  mkdirSync(directory, { recursive: true });
  // Aside and renamed: another test may be executing it.
  const aside = `${target}.${process.pid}`;
  copyFileSync(provoke(architecture), aside);
  const content = readFileSync(aside);
  content.write('AI\x02', 8, 'latin1');
  writeFileSync(aside, content);
  chmodSync(aside, 0o755);
  renameSync(aside, target);
  return target;
}
