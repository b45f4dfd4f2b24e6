import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { usageError, type Platform } from '../core/index.ts';
import type { ImageConfig } from './image-index.ts';
import { readElf } from './read-elf.ts';
import { resolveInRoot } from './resolve-in-root.ts';

/** What a root file system without a config says: nothing. */
export const EMPTY_CONFIG: ImageConfig = {
  env: [],
  user: '',
  workdir: '',
  labels: {},
  exposedPorts: [],
  volumes: [],
};

/** The shell is asked first: it is what every script of the root runs on. */
const WITNESSES = ['/bin/sh', '/bin/busybox', '/usr/bin/env', '/sbin/init'];
const DIRECTORIES = ['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin', '/app', '/'];
const MAX_PROGRAMS = 50;

/** The platform of a root file system by its programs, or `undefined` when it has none. */
export function detectRootPlatform(root: string): Platform | undefined {
  for (const witness of WITNESSES) {
    const platform = platformOf(root, witness);
    if (platform !== undefined) return platform;
  }
  const votes = new Map<Platform, number>();
  for (const directory of DIRECTORIES) {
    for (const name of listDirectory(root, directory).slice(0, MAX_PROGRAMS)) {
      const platform = platformOf(root, join(directory, name));
      if (platform !== undefined) votes.set(platform, (votes.get(platform) ?? 0) + 1);
    }
    if (votes.size > 0) break;
  }
  return [...votes].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/**
 * The platform of a root file system, which must be the wanted one if there is one.
 * @throws ArchParityError `IMAGE_PLATFORM_UNKNOWN`, `IMAGE_PLATFORM_MISSING` (exit 2)
 */
export function requireRootPlatform(root: string, wanted?: Platform): Platform {
  const platform = detectRootPlatform(root);
  if (platform === undefined) {
    throw usageError(
      'IMAGE_PLATFORM_UNKNOWN',
      `${root} has no program that tells its platform.`,
      'Name a root file system with at least one program in bin or usr/bin.',
    );
  }
  if (wanted !== undefined && platform !== wanted) {
    throw usageError(
      'IMAGE_PLATFORM_MISSING',
      `dir:${root} has no ${wanted}, only ${platform}.`,
      `Name a root file system of ${wanted}, or choose ${platform} with --platform.`,
    );
  }
  return platform;
}

function platformOf(root: string, path: string): Platform | undefined {
  const resolved = resolveInRoot(root, path);
  if (resolved?.stats.isFile() !== true) return undefined;
  try {
    return readElf(resolved.hostPath).platform;
  } catch {
    return undefined;
  }
}

function listDirectory(root: string, path: string): string[] {
  const resolved = resolveInRoot(root, path);
  try {
    return resolved === undefined ? [] : readdirSync(resolved.hostPath).toSorted();
  } catch {
    return [];
  }
}
