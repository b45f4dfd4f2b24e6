import type { IdMap } from '../../agent/index.ts';
import { parseEnvironment } from '../environment.ts';

/** Programs that the preflight looks for. */
export type HostTool = 'crun' | 'runc' | 'podman' | 'docker' | 'newuidmap' | 'newgidmap';

/** What the preflight found out about a host. */
export interface HostFacts {
  /** `uname -m`, `uname -s`, `uname -r`. */
  readonly machine: string;
  readonly system: string;
  readonly kernel: string;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly home: string;
  readonly path: string;
  /** `$XDG_RUNTIME_DIR`, empty when it is not set. */
  readonly runtimeDirectory: string;
  /** The login's variables that docker's client reads: `DOCKER_…`. */
  readonly dockerEnvironment: Readonly<Record<string, string>>;
  /** Absolute; all that is ours lies below it. */
  readonly stateDirectory: string;
  /** Why the state directory cannot be used, as the system there says it. */
  readonly problem?: string;
  /** Of the state directory's file system; absent when df does not say. */
  readonly freeKib?: number;
  readonly freeInodes?: number;
  /** Absolute paths. */
  readonly tools: Readonly<Partial<Record<HostTool, string>>>;
  /** The user namespace that a login there is in. */
  readonly uidMap: readonly IdMap[];
  readonly gidMap: readonly IdMap[];
  /** The user's first subordinate range (subuid(5)). */
  readonly subordinateUids?: { readonly start: number; readonly count: number };
  readonly subordinateGids?: { readonly start: number; readonly count: number };
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function readMaps(lines: readonly string[]): IdMap[] {
  return lines.map((line) => {
    const [inner = 0, outer = 0, count = 1] = line.trim().split(/\s+/).map(Number);
    return { inner, outer, count };
  });
}

function readRange(line: string | undefined): { start: number; count: number } | undefined {
  const [, start, count] = line?.split(':').map(readNumber) ?? [];
  return start === undefined || count === undefined || count === 0 ? undefined : { start, count };
}

const TOOLS: readonly HostTool[] = ['crun', 'runc', 'podman', 'docker', 'newuidmap', 'newgidmap'];

/** Reads the `KEY VALUE` lines of the bootstrap script. */
export function readHostFacts(lines: readonly string[]): HostFacts {
  const all = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const one = (key: string): string => all(key)[0] ?? '';
  const freeKib = readNumber(one('freeKiB'));
  const freeInodes = readNumber(one('freeInodes'));
  const problem = one('problem').trim();
  const subordinateUids = readRange(one('subuid'));
  const subordinateGids = readRange(one('subgid'));
  const found = all('tool').map((line) => line.split(' '));
  const tools = TOOLS.flatMap((name) => {
    const path = found
      .find(([tool]) => tool === name)
      ?.slice(1)
      .join(' ');
    // A shell function or alias is answered by its name.
    return path?.startsWith('/') === true ? [[name, path] as const] : [];
  });
  return {
    machine: one('machine'),
    system: one('system'),
    kernel: one('kernel'),
    uid: readNumber(one('uid')) ?? 0,
    gid: readNumber(one('gid')) ?? 0,
    user: one('user'),
    home: one('home'),
    path: one('path'),
    runtimeDirectory: one('runtime'),
    dockerEnvironment: parseEnvironment(all('dockerVariable')),
    stateDirectory: one('state'),
    tools: Object.fromEntries(tools),
    uidMap: readMaps(all('uidMap')),
    gidMap: readMaps(all('gidMap')),
    ...(problem === '' ? {} : { problem }),
    ...(freeKib === undefined ? {} : { freeKib }),
    ...(freeInodes === undefined ? {} : { freeInodes }),
    ...(subordinateUids === undefined ? {} : { subordinateUids }),
    ...(subordinateGids === undefined ? {} : { subordinateGids }),
  };
}
