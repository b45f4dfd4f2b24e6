import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.ts';

interface Target {
  /** The directory under dist/NAME, in Go's words as OCI platforms are. */
  readonly platform: string;
  /** The start of what `gcc -dumpmachine` prints for this target. */
  readonly machine: string;
  /** Compilers to try, the explicit one first: a plain `gcc` may be of either architecture. */
  readonly compilers: readonly string[];
  /** The Debian packages that bring the compiler. */
  readonly packages: string;
}

/** What programs of ours are compiled for. */
export const targets: readonly Target[] = [
  {
    platform: 'linux-amd64',
    machine: 'x86_64',
    compilers: ['x86_64-linux-gnu-gcc', 'gcc'],
    packages: 'gcc libc6-dev (on arm64: gcc-x86-64-linux-gnu libc6-dev-amd64-cross)',
  },
  {
    platform: 'linux-arm64',
    machine: 'aarch64',
    compilers: ['aarch64-linux-gnu-gcc', 'gcc'],
    packages: 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross (on arm64: gcc libc6-dev)',
  },
];

// Static, because it runs in root file systems that have another C library or none.
const flags = ['-std=gnu17', '-O2', '-static', '-s', '-Wall', '-Wextra', '-Werror'];

export interface StaticProgram {
  /** The directory below dist. */
  readonly name: string;
  /** The directory below that of the platform; none = right there. */
  readonly within?: string;
  /** Relative to the root of the checkout. */
  readonly sources: readonly string[];
  readonly compilerFlags?: readonly string[];
  readonly libraries?: readonly string[];
}

/** Compiles C sources for every target into dist/NAME/PLATFORM/WITHIN/archparity-NAME. */
export async function buildStaticProgram(root: string, program: StaticProgram): Promise<void> {
  await Promise.all(targets.map((target) => buildFor(root, target, program)));
}

async function buildFor(root: string, target: Target, program: StaticProgram): Promise<void> {
  const { name, within = '', sources, compilerFlags = [], libraries = [] } = program;
  const compiler = await findCompiler(target);
  const directory = path.join(root, 'dist', name, target.platform, within);
  await mkdir(directory, { recursive: true });
  // A program that runs cannot be written to (ETXTBSY), but its name can be given to another file.
  const temporary = path.join(directory, `archparity-${name}.${process.pid}.tmp`);
  const words = [...flags, ...compilerFlags, '-o', temporary, ...sources, ...libraries];
  await runCommand(compiler, words, { cwd: root });
  await rename(temporary, path.join(directory, `archparity-${name}`));
}

/** A compiler for a target; throws when there is none, with the package to install. */
export async function findCompiler({
  platform,
  machine,
  compilers,
  packages,
}: Target): Promise<string> {
  for (const compiler of compilers) {
    const made = await runCommand(compiler, ['-dumpmachine']).catch(() => '');
    if (made.startsWith(machine)) return compiler;
  }
  const [wanted = ''] = compilers;
  throw new Error(`no C compiler for ${platform}: install ${wanted} (Debian: ${packages})`);
}
