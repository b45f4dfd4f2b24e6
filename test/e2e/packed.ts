// The package as npm makes and installs it, from a copy of the built tree.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLI, ROOT } from './cli.ts';

/** Where the built program is: scripts/test builds it first. */
export const BUILT = CLI.endsWith('.ts') ? ROOT : join(dirname(CLI), '../..');

/** What is packed of a checkout. */
const PARTS = [
  'dist',
  'docs',
  'scripts/ci',
  'package.json',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
];

/** A tarball, and the paths in it. */
export interface Packed {
  readonly file: string;
  readonly paths: readonly string[];
}

/** A copy without node_modules' tools in reach. */
export function copyTree(directory: string): string {
  for (const part of PARTS)
    if (existsSync(join(BUILT, part)))
      cpSync(join(BUILT, part), join(directory, part), { recursive: true });
  return directory;
}

/** Packs a tree into a directory. */
export function packTree(tree: string, directory: string): Packed {
  mkdirSync(directory, { recursive: true });
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
  const [pack] = JSON.parse(runNpm(words, tree)) as {
    filename: string;
    files: { path: string }[];
  }[];
  if (pack === undefined) throw new Error('npm packed nothing');
  return { file: join(directory, pack.filename), paths: pack.files.map(({ path }) => path) };
}

/** The environment of npm as a user has it: what the npm that started these tests has set is not theirs. */
export function npmEnvironment(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|VITEST|NODE_OPTIONS$|NODE_ENV$)/.test(name),
    ),
  );
}

/** Runs npm and gives what it prints. */
export function runNpm(words: readonly string[], cwd: string): string {
  return execFileSync('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    env: npmEnvironment(),
    timeout: 150_000,
  });
}
