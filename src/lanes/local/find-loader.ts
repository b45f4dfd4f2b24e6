import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { usageError, type ArchParityError } from '../../core/index.ts';
import { resolveInRoot } from '../../image/index.ts';
import type { BinarySubject, LinkedFile } from '../attempt/subject.ts';
import { follow } from './sysroot-links.ts';

export interface LoaderPlaces {
  readonly sysroot?: string;
  /** Whether a case has mounts of its own. */
  readonly isolated: boolean;
}

/**
 * Looks for the loader of a dynamic program on this machine and in the sysroot. An absolute link in a sysroot
 * means a file of the sysroot, and the kernel follows it to one of this machine: Debian's loaders are such
 * links on most platforms. What is given back must be mounted.
 * @throws ArchParityError `ELF_INTERPRETER_MISSING`, `SYSROOT_LINK_ABSOLUTE` (exit 2)
 */
export function findLoader(
  { interpreter, path }: Pick<BinarySubject, 'interpreter' | 'path'>,
  { sysroot, isolated }: LoaderPlaces,
): LinkedFile | undefined {
  if (interpreter === undefined) return undefined;
  const inside = sysroot === undefined ? undefined : resolveInRoot(sysroot, interpreter);
  if (sysroot !== undefined && inside !== undefined) {
    const link = join(sysroot, interpreter);
    if (follow(link) === follow(inside.hostPath)) return undefined;
    if (!isolated)
      throw linkAbsolute(`${link} is an absolute link`, ' where there are no namespaces');
    const own = linkItself(sysroot, interpreter);
    // A directory cannot be mounted on a link.
    if (follow(dirname(link)) !== follow(dirname(own)))
      throw linkAbsolute(`${dirname(link)} has an absolute link to a directory in it`);
    return { link: own, file: inside.hostPath };
  }
  if (existsSync(interpreter)) return undefined;
  throw usageError(
    'ELF_INTERPRETER_MISSING',
    `${path} needs the loader ${interpreter}, which is not on this machine${sysroot === undefined ? '' : ` nor below ${sysroot}`}.`,
    'Link it statically, or name a directory with its libraries: --sysroot DIR',
  );
}

function linkAbsolute(what: string, where = ''): ArchParityError {
  return usageError(
    'SYSROOT_LINK_ABSOLUTE',
    `${what}, which leads out of the sysroot${where}.`,
    'Make it a relative link.',
  );
}

/** The path of the loader with the links of its directories followed inside the sysroot. */
function linkItself(sysroot: string, interpreter: string): string {
  const at = interpreter.lastIndexOf('/');
  const directory = resolveInRoot(sysroot, interpreter.slice(0, at));
  return join(
    directory?.hostPath ?? join(sysroot, interpreter.slice(0, at)),
    interpreter.slice(at + 1),
  );
}
