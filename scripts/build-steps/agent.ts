import { glob, mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.ts';

interface AgentTarget {
  /** The directory under dist/agent, in Go's words as OCI platforms are. */
  readonly platform: string;
  /** The start of what `gcc -dumpmachine` prints for this target. */
  readonly machine: string;
  /** Compilers to try, the explicit one first: a plain `gcc` may be of either architecture. */
  readonly compilers: readonly string[];
  /** The Debian packages that bring the compiler. */
  readonly packages: string;
}

const targets: readonly AgentTarget[] = [
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

/** Compiles src/agent/*.c for every target into dist/agent/PLATFORM/archparity-agent. */
export async function buildAgents(root: string): Promise<void> {
  const sources = await Array.fromAsync(glob('src/agent/*.c', { cwd: root }));
  if (sources.length === 0) throw new Error('there is no src/agent/*.c to compile');
  await Promise.all(targets.map((target) => buildAgent(root, target, sources.sort())));
}

async function buildAgent(
  root: string,
  target: AgentTarget,
  sources: readonly string[],
): Promise<void> {
  const compiler = await findCompiler(target);
  const directory = path.join(root, 'dist/agent', target.platform);
  await mkdir(directory, { recursive: true });
  // A program that runs cannot be written to (ETXTBSY), but its name can be given to another file.
  const temporary = path.join(directory, `archparity-agent.${process.pid}.tmp`);
  await runCommand(compiler, [...flags, '-o', temporary, ...sources], { cwd: root });
  await rename(temporary, path.join(directory, 'archparity-agent'));
}

async function findCompiler({
  platform,
  machine,
  compilers,
  packages,
}: AgentTarget): Promise<string> {
  for (const compiler of compilers) {
    const made = await runCommand(compiler, ['-dumpmachine']).catch(() => '');
    if (made.startsWith(machine)) return compiler;
  }
  const [wanted = ''] = compilers;
  throw new Error(`no C compiler for ${platform}: install ${wanted} (Debian: ${packages})`);
}
