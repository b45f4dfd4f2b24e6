import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readIfThere } from '../../store/index.ts';
import type { HostHandler } from './host-handlers.ts';

/**
 * Who registers a handler: `systemd-binfmt` from a `binfmt.d`, `binfmt-support` from its database, a
 * `container` (tonistiigi/binfmt, docker/setup-qemu-action, multiarch/qemu-user-static, Docker
 * Desktop), `archparity`, or nobody that left a trace.
 */
export type HandlerManager =
  'archparity' | 'systemd-binfmt' | 'binfmt-support' | 'container' | 'unknown';

/** A manager that says a handler is its own. */
export interface HandlerClaim {
  readonly manager: HandlerManager;
  /** The file that says so. */
  readonly file?: string;
}

/** Names of archparity's handlers begin with it. */
export const OWN_PREFIX = 'archparity-';

/**
 * Names of archparity's files in `/etc/binfmt.d` begin with it. systemd-binfmt registers in the order of the files'
 * names, and the kernel asks the newest entry first: those of distributions begin with `qemu-`.
 */
export const OWN_FILE_PREFIX = `zz-${OWN_PREFIX}`;

/** binfmt.d(5): of two files of one name the first of these counts. */
const BINFMT_D = ['etc/binfmt.d', 'run/binfmt.d', 'usr/local/lib/binfmt.d', 'usr/lib/binfmt.d'];

/** update-binfmts(8), ADMINISTRATIVE DIRECTORY: a file for each format that it has installed. */
const BINFMT_SUPPORT = 'var/lib/binfmts';

/** One line of a binfmt.d file, which is what is written to `register`. */
export interface DeclaredHandler {
  readonly name: string;
  readonly interpreter: string;
  readonly flags: string;
  readonly file: string;
}

/** `:name:type:offset:magic:mask:interpreter:flags`, its first byte being the delimiter. */
function parseDeclaration(line: string, file: string): DeclaredHandler | undefined {
  if (line === '' || line.startsWith('#') || line.startsWith(';')) return undefined;
  const fields = line.slice(1).split(line.charAt(0));
  const [name = '', , , , , interpreter = '', flags = ''] = fields;
  return name === '' || interpreter === '' ? undefined : { name, interpreter, flags, file };
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}

/** The handlers that systemd-binfmt registers when it starts. */
export function readDeclaredHandlers(root = '/'): readonly DeclaredHandler[] {
  const files = new Map<string, string>();
  for (const directory of BINFMT_D) {
    for (const name of listFiles(join(root, directory))) {
      const path = join(root, directory, name);
      if (name.endsWith('.conf') && !files.has(name)) files.set(name, path);
    }
  }
  return [...files.values()].flatMap((file) =>
    (readIfThere(file) ?? '')
      .split('\n')
      .flatMap((line) => parseDeclaration(line.trim(), file) ?? []),
  );
}

function claimOfSystemd(handler: HostHandler, root: string): HandlerClaim[] {
  const { name, interpreter } = handler;
  const declared = readDeclaredHandlers(root).find(
    (one) => one.name === name && one.interpreter === interpreter,
  );
  if (declared === undefined) return [];
  const own = basename(declared.file).startsWith(OWN_FILE_PREFIX);
  return [{ manager: own ? 'archparity' : 'systemd-binfmt', file: declared.file }];
}

function claimOfBinfmtSupport({ name, interpreter }: HostHandler, root: string): HandlerClaim[] {
  const file = join(root, BINFMT_SUPPORT, name);
  const lines = (readIfThere(file) ?? '').split('\n');
  // Where a detector chooses the interpreter, its own program is the one that is registered.
  const isIts = lines.includes(interpreter) || basename(interpreter) === 'run-detectors';
  return lines.length > 1 && isIts ? [{ manager: 'binfmt-support', file }] : [];
}

/** With F the kernel holds the interpreter open, so that one of an ended container is still used. */
function claimOfContainer({ interpreter, flags }: HostHandler, root: string): HandlerClaim[] {
  return flags.includes('F') && !existsSync(join(root, interpreter))
    ? [{ manager: 'container' }]
    : [];
}

/**
 * All who say that a handler is theirs, the likeliest first; `unknown` when nobody does. More than one
 * means that the last one to start decides what is registered.
 * @param root - of the file system that the managers' files are in
 */
export function findHandlerClaims(handler: HostHandler, root = '/'): readonly HandlerClaim[] {
  const files = [...claimOfBinfmtSupport(handler, root), ...claimOfSystemd(handler, root)];
  const own = handler.name.startsWith(OWN_PREFIX) ? [{ manager: 'archparity' } as const] : [];
  const declared = files.some(({ manager }) => manager === 'archparity')
    ? files
    : [...own, ...files];
  if (declared.length > 0) return declared;
  const guessed = claimOfContainer(handler, root);
  return guessed.length > 0 ? guessed : [{ manager: 'unknown' }];
}
