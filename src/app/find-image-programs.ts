import { readdirSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import {
  createHeadReader,
  resolveInRoot,
  type ImageConfig,
  type ResolvedPath,
} from '../image/index.ts';
import { createOwnership } from './package-ownership.ts';

/** A program of an image that can be asked for its version. */
export interface ImageProgram {
  /** Its file name, without `/`. */
  readonly name: string;
  /** What to start: the name where PATH leads to it, else its path. */
  readonly command: string;
  /** What makes it say its version. */
  readonly versionWord: string;
}

export interface ImagePrograms {
  /** What the image is for: of its Entrypoint and Cmd. */
  readonly main: readonly ImageProgram[];
  /** Interpreters and the like that it carries: most of what can go wrong goes wrong there. */
  readonly known: readonly ImageProgram[];
  /** What no package of a distribution brought. */
  readonly own: readonly ImageProgram[];
}

/** With three words for each main program and the other cases: at most 40 in all. */
const MAX_MAIN = 2;
/** Further words are arguments. */
const MAIN_WORDS = 3;
const MAX_KNOWN = 11;
const MAX_OWN = 20;
/** Without a package database, more programs than this are a distribution and not the image's own. */
const MAX_UNPACKAGED = 40;

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Only `--version` where nothing else is said. */
const KNOWN: readonly (readonly [name: string, versionWord?: string])[] = [
  ['python3'],
  ['perl'],
  ['node'],
  ['java', '-version'],
  ['ruby'],
  ['php'],
  ['go', 'version'],
  ['bash'],
  ['busybox'],
  ['openssl', 'version'],
  ['sqlite3'],
  ['git'],
  ['curl'],
  ['gcc'],
  ['rustc'],
  ['psql'],
  ['nginx', '-v'],
  ['redis-server'],
  ['lua', '-v'],
  ['erl', '-version'],
  ['dotnet', '--info'],
];
const VERSION_WORDS = new Map(KNOWN.map(([name, word = '--version']) => [name, word]));
/** Programs that start another one. */
const WRAPPERS =
  /^(?:tini|tini-static|dumb-init|docker-init|catatonit|env|exec|gosu|su-exec|setpriv|nice|time|sh|ash|dash|s6-.*|init)$/;
const ENTRYPOINT_SCRIPT = /entry-?point|^docker-|\.sh$|^(?:start|run|launch)$/;

/** Finds the programs of an unpacked image that are worth being asked. Nothing is started. */
export async function findImagePrograms(root: string, config: ImageConfig): Promise<ImagePrograms> {
  const image = openImageFiles(root, config);
  const main = [config.entrypoint, config.cmd].flatMap((words) => findMain(words ?? [], image));
  const seen = new Set<string>();
  const take = (found: readonly FoundProgram[], max: number): ImageProgram[] => {
    const taken: ImageProgram[] = [];
    for (const program of found) {
      // By name too: it is the name of the case.
      if (taken.length >= max || seen.has(program.path) || seen.has(program.name)) continue;
      seen.add(program.path).add(program.name);
      taken.push(toImageProgram(program));
    }
    return taken;
  };
  return {
    main: take(main, MAX_MAIN),
    known: take(
      KNOWN.flatMap(([name]) => image.find(name) ?? []),
      MAX_KNOWN,
    ),
    own: take(await ownPrograms(root, image), MAX_OWN),
  };
}

interface FoundProgram {
  readonly name: string;
  readonly command: string;
  /** Absolute inside the root, without links. */
  readonly path: string;
}

function toImageProgram({ name, command }: FoundProgram): ImageProgram {
  return { name, command, versionWord: VERSION_WORDS.get(name) ?? '--version' };
}

/**
 * What a command line is for: its first word that is a program and does not just start another one. The
 * script of a `sh -c` is split at blanks.
 */
function findMain(argv: readonly string[], image: ImageFiles): FoundProgram[] {
  const script = /^(?:ba|da|a)?sh$/.test(basename(argv[0] ?? '')) ? argv.indexOf('-c') : -1;
  const words =
    script < 0 ? argv : argv.slice(script + 1).flatMap((text) => text.split(/[\s;&|]+/));
  return words
    .filter((word) => word !== '' && !word.startsWith('-'))
    .slice(0, MAIN_WORDS)
    .flatMap((word) => image.find(word) ?? [])
    .filter(({ name }) => !WRAPPERS.test(name) && !ENTRYPOINT_SCRIPT.test(name))
    .slice(0, 1);
}

interface ImageFiles {
  /** A program by its path, or by its name as PATH finds it. */
  find(word: string): FoundProgram | undefined;
  /** All programs of a directory, by name. */
  list(directory: string): FoundProgram[];
  readonly path: readonly string[];
  readonly workdir: string;
}

function openImageFiles(root: string, config: ImageConfig): ImageFiles {
  const pathVariable = config.env.findLast((word) => word.startsWith('PATH='))?.slice(5);
  const path = (pathVariable ?? DEFAULT_PATH).split(':').filter((part) => part.startsWith('/'));
  const workdir = config.workdir === '' ? '/' : config.workdir;
  const resolve = (place: string): string | undefined => {
    const resolved = resolveInRoot(root, place);
    return resolved !== undefined && isProgram(resolved) ? resolved.path : undefined;
  };
  const findInPath = (name: string): FoundProgram | undefined => {
    for (const directory of path) {
      const found = resolve(join(directory, name));
      if (found !== undefined) return { name, command: name, path: found };
    }
    return undefined;
  };
  return {
    path,
    workdir,
    find(word) {
      if (!word.includes('/')) return findInPath(word);
      const found = resolve(posix.resolve('/', workdir, word));
      return found === undefined ? undefined : { name: basename(word), command: word, path: found };
    },
    list(directory) {
      return listNames(root, directory).flatMap((name) => {
        const found = resolve(join(directory, name));
        if (found === undefined) return [];
        const command = findInPath(name)?.path === found ? name : join(directory, name);
        return [{ name, command, path: found }];
      });
    },
  };
}

function listNames(root: string, directory: string): string[] {
  const resolved = resolveInRoot(root, directory);
  if (resolved?.stats.isDirectory() !== true) return [];
  try {
    return readdirSync(resolved.hostPath).toSorted();
  } catch {
    return [];
  }
}

/** An executable ELF file or script. */
function isProgram({ hostPath, stats }: ResolvedPath): boolean {
  if (!stats.isFile() || (stats.mode & 0o111) === 0) return false;
  const head = createHeadReader()(hostPath);
  // Execute-only for us: it may well run.
  return head === undefined || /^(?:\x7fELF|#!)/.test(head);
}

/** Where images put what they add. */
const APPLICATION_DIRECTORIES = ['/app', '/app/bin', '/srv', '/'];

async function ownPrograms(root: string, image: ImageFiles): Promise<FoundProgram[]> {
  const owns = await createOwnership(root);
  const listed = image.path.flatMap((directory) => image.list(directory));
  const isLocal = ({ path }: FoundProgram): boolean => /^\/(?:usr\/local|opt)\//.test(path);
  const packaged =
    owns === undefined
      ? listed.length > MAX_UNPACKAGED
        ? listed.filter(isLocal)
        : listed
      : listed.filter(({ path }) => !owns(path));
  const optional = listNames(root, '/opt').flatMap((name) => [`/opt/${name}/bin`, `/opt/${name}`]);
  const applications = [image.workdir, ...APPLICATION_DIRECTORIES, ...optional]
    .filter((directory) => !image.path.includes(directory))
    .flatMap((directory) => image.list(directory));
  return [...applications, ...packaged].filter(({ name }) => !ENTRYPOINT_SCRIPT.test(name));
}
