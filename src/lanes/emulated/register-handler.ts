import { existsSync } from 'node:fs';
import type { AgentClient } from '../../agent/index.ts';
import { ArchParityError, platformFacts, type Platform } from '../../core/index.ts';
import { formatBinfmtEntry, MAX_INTERPRETER_LENGTH } from './binfmt-entry.ts';
import { OWN_PREFIX } from './handler-owner.ts';
import { BINFMT_DIRECTORY } from './host-handlers.ts';

/**
 * Mounts the lane's own binfmt_misc and proves that it is not the host's: it lists no handler, and a
 * marker that is written to it does not show outside. A kernel older than 6.7 refuses the mount.
 * @throws AgentRequestError when the mount is refused
 * @throws ArchParityError `BINFMT_NOT_PRIVATE`: nothing but the marker was written, and it was removed
 */
export async function mountPrivateBinfmt(
  client: AgentClient,
  outside: string = BINFMT_DIRECTORY,
): Promise<void> {
  await client.mount([{ kind: 'binfmt', target: BINFMT_DIRECTORY }]);
  const listed = (await client.tree(BINFMT_DIRECTORY))
    .map((entry) => entry.path.slice(1))
    .filter((name) => name !== 'register' && name !== 'status');
  if (listed.length > 0) throw notPrivate(`it lists ${listed.join(', ')}`);
  const marker = `archparity-marker-${String(process.pid)}-${String(process.hrtime.bigint())}`;
  // An extension that no file has; without F the interpreter need not be there.
  await client.put(
    `${BINFMT_DIRECTORY}/register`,
    Buffer.from(`:${marker}:E::${marker}::/nonexistent:`),
    { existing: true },
  );
  const shows = existsSync(`${outside}/${marker}`);
  await client.put(`${BINFMT_DIRECTORY}/${marker}`, Buffer.from('-1'), { existing: true });
  if (shows) throw notPrivate('what is written to it shows outside');
}

function notPrivate(reason: string): ArchParityError {
  return new ArchParityError({
    code: 'BINFMT_NOT_PRIVATE',
    message: `The binfmt_misc that was mounted for the lane is not its own: ${reason}.`,
    advice: 'Use --lane emulated,binfmt=host or binfmt=prefix on this kernel.',
  });
}

/**
 * Registers `qemu` for a platform's programs with POCF: argv[0] kept, an open file passed, setuid and
 * file capabilities of the binary honoured, the interpreter opened now so that it works in every root.
 * @param suffix - of the entry's name: the newest of several entries for a platform is the one that counts
 * @throws AgentRequestError
 * @throws ArchParityError `QEMU_PATH_TOO_LONG` when the kernel does not take such a path
 */
export async function registerHandler(
  client: AgentClient,
  platform: Platform,
  qemu: string,
  suffix = '',
): Promise<void> {
  if (Buffer.byteLength(qemu) > MAX_INTERPRETER_LENGTH) {
    throw new ArchParityError({
      code: 'QEMU_PATH_TOO_LONG',
      message: `${qemu} is too long a path for binfmt_misc, which takes ${MAX_INTERPRETER_LENGTH} bytes.`,
      advice: 'Set ARCHPARITY_CACHE to a directory with a shorter path.',
    });
  }
  const entry = formatBinfmtEntry({
    name: `${OWN_PREFIX}${platformFacts(platform).qemuTarget}${suffix}`,
    platform,
    interpreter: qemu,
    flags: 'POCF',
  });
  await client.put(`${BINFMT_DIRECTORY}/register`, Buffer.from(entry), { existing: true });
}
