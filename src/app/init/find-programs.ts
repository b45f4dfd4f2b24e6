import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { PLATFORMS, type Platform } from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import type { ListedFile } from './list-files.ts';
import type { FoundProgram } from './repository.ts';

/** Where builds put what they make. */
export const OUTPUT_DIRECTORIES = [
  'dist',
  'build',
  'bin',
  'out',
  'release',
  '_output',
  'target',
] as const;
const OUTPUT = new RegExp(`(?:^|/)(?:${OUTPUT_DIRECTORIES.join('|')})/`);
/** Libraries, objects, and what compilers keep between two builds. */
const NO_PROGRAM = /\.(?:so(?:\.[\d.]+)?|o|a|ko|d|rlib|rmeta)$|\/(?:deps|incremental|CMakeFiles)\//;

/**
 * Programs in the directories that builds write to; those that differ in the name of an architecture alone
 * (`dist/app-amd64`, `dist/app-arm64`; `target/TRIPLE/release/app`) are one.
 */
export function findPrograms(root: string, files: readonly ListedFile[]): readonly FoundProgram[] {
  const groups = new Map<string, { name: string; paths: Partial<Record<Platform, string>> }>();
  for (const { path } of files) {
    if (!OUTPUT.test(path) || NO_PROGRAM.test(path)) continue;
    const platform = platformOfProgram(join(root, path));
    if (platform === undefined) continue;
    const key = withoutArchitecture(path);
    const group = groups.get(key) ?? { name: nameOf(key, path), paths: {} };
    group.paths[platform] ??= path;
    groups.set(key, group);
  }
  return [...groups.values()];
}

function platformOfProgram(path: string): Platform | undefined {
  try {
    accessSync(path, constants.X_OK);
    return readElf(path).platform;
  } catch {
    // No ELF file, or none that may be executed.
    return undefined;
  }
}

/** All names of architectures, the longest first: `aarch64-unknown-linux-gnu` before `aarch64`. */
const NAMES = [
  ...new Set(
    PLATFORMS.flatMap(({ platform, aliases, uname, rust, gnuTriplet, debian, go }) => [
      ...[platform, ...aliases].map((name) => name.replaceAll('/', '-')),
      ...[uname, rust, rust.replace(/-gnu/, '-musl'), gnuTriplet, debian, go],
    ]),
  ),
].toSorted((a, b) => b.length - a.length);
/** With what stands beside it: `linux_arm64`, `arm64_v8.0`, `amd64-v1`. */
const ARCHITECTURE = new RegExp(
  `(?<![A-Za-z0-9])(?:linux[-_.])?(?:${NAMES.join('|').replaceAll('-', '[-_]')})(?:[-_]v[\\d.]+|(?:\\.\\d+)+)?(?:[-_]linux)?(?![A-Za-z0-9])`,
  'gi',
);

/** `dist/app` of `dist/app-arm64`, `dist/linux_arm64/app` and `dist/arm64/app`. */
function withoutArchitecture(path: string): string {
  return path
    .split('/')
    .map((part) => part.replaceAll(ARCHITECTURE, '').replaceAll(/^[-_.]+|[-_.]+$/g, ''))
    .filter((part) => part !== '')
    .join('/');
}

function nameOf(key: string, path: string): string {
  const name = key.split('/').at(-1) ?? '';
  // `dist/arm64` itself is a program: only its directory has a name.
  return OUTPUT.test(`${name}/`) ? (path.split('/').at(-2) ?? name) : name;
}
