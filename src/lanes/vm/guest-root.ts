import { readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError } from '../../core/index.ts';
import { createExec, requireTool, type CommandLogger } from '../../process/index.ts';
import { downloadPackages, findMirror, makeDirectory } from '../../store/index.ts';

/** The Debian release whose kernels and libraries a guest has; the first with a 16 KiB-page kernel. */
const SUITE = 'trixie';
const KERNEL_PACKAGES = {
  '4k': 'linux-image-cloud-arm64',
  '16k': 'linux-image-arm64-16k',
} as const;

/** What dynamic programs and containers need, and Debian's own sh, as on most native lanes. */
const ROOT_PACKAGES = ['busybox-static', 'crun', 'dash', 'libc6', 'libgcc-s1', 'libstdc++6'];
/** Below /usr; nobody in a guest reads it. */
const LEFT_OUT = ['share', 'lib/aarch64-linux-gnu/gconv', 'lib/aarch64-linux-gnu/libcrun.a'];

interface FetchOptions {
  readonly packages: readonly string[];
  /** Which of what apt would install is unpacked. */
  readonly wants: (name: string) => boolean;
  readonly logger?: CommandLogger;
}

/** Downloads packages for arm64 and unpacks their files; nothing of them is executed. */
export async function unpackPackages(target: string, options: FetchOptions): Promise<void> {
  const { packages, wants, logger } = options;
  const dpkg = await requireTool('dpkg-deb');
  const exec = createExec(logger === undefined ? {} : { logger });
  // In the entry that is being built: what a killed builder leaves is swept by the next one.
  const directory = join(target, '.packages');
  const files = await downloadPackages({
    directory,
    mirror: await findMirror(SUITE),
    suite: SUITE,
    architecture: 'arm64',
    packages,
    leaveOut: [],
    ...(logger === undefined ? {} : { logger }),
  });
  for (const { name, path } of files.filter((file) => wants(file.name))) {
    const result = await exec(dpkg, ['--extract', path, target]);
    if (result.exitCode !== 0)
      throw new ArchParityError({
        code: 'VM_BUILD_FAILED',
        message: `The package ${name} could not be unpacked: ${result.stderr.trim()}.`,
        advice: 'See that there is room on the disk of the cache, then try again.',
      });
  }
  await rm(directory, { recursive: true });
}

/** Puts a kernel's image (`vmlinuz`) and its modules (`modules/RELEASE`) into a directory. */
export async function fetchKernel(
  target: string,
  pages: '4k' | '16k',
  options: Pick<FetchOptions, 'logger'>,
): Promise<void> {
  const unpacked = join(target, 'unpacked');
  makeDirectory(unpacked);
  await unpackPackages(unpacked, {
    ...options,
    packages: [KERNEL_PACKAGES[pages]],
    wants: (name) => /^linux-image-\d/.test(name),
  });
  const image = (await readdir(join(unpacked, 'boot'))).find((name) => name.startsWith('vmlinuz-'));
  if (image === undefined)
    throw new ArchParityError({
      code: 'VM_BUILD_FAILED',
      message: `The package ${KERNEL_PACKAGES[pages]} has no kernel.`,
      advice: 'Try again; the mirror may be in the middle of an update.',
    });
  await rename(join(unpacked, 'boot', image), join(target, 'vmlinuz'));
  await rename(join(unpacked, 'usr/lib/modules'), join(target, 'modules'));
  await rm(unpacked, { recursive: true });
}

const ACCOUNTS = {
  passwd:
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  group: 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n',
  hosts: '127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\tarchparity\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  hostname: 'archparity\n',
};
const DIRECTORIES = [
  'dev',
  'proc',
  'sys',
  'run',
  'tmp',
  'mnt',
  'root',
  'etc',
  'var/lib',
  'home',
  'opt',
  'srv',
];
/** Commands of busybox; those of containers are the containers' own. */
export const BUSYBOX_COMMANDS =
  'ls cat cp mv rm mkdir rmdir ln chmod chown echo printf env id uname date sleep true false test head tail wc sort uniq tr cut grep sed awk find xargs ps kill mount umount dmesg hostname ip ping vi less more top free df du stat readlink realpath basename dirname touch tee seq expr sha256sum md5sum od hexdump tar gzip gunzip nproc pwd tty stty which whoami yes sync'.split(
    ' ',
  );

/** Makes the root file system of a guest, but for the kernel's modules and our agent. */
export async function fetchGuestRoot(
  target: string,
  options: Pick<FetchOptions, 'logger'>,
): Promise<void> {
  await unpackPackages(target, { ...options, packages: ROOT_PACKAGES, wants: () => true });
  for (const path of LEFT_OUT)
    await rm(join(target, 'usr', path), { recursive: true, force: true });
  for (const path of DIRECTORIES) makeDirectory(join(target, path));
  for (const path of ['bin', 'sbin', 'lib']) {
    makeDirectory(join(target, 'usr', path));
    // Merged /usr, as Debian's packages expect it.
    await symlink(`usr/${path}`, join(target, path));
  }
  for (const name of BUSYBOX_COMMANDS) await symlink('busybox', join(target, 'usr/bin', name));
  for (const [name, content] of Object.entries(ACCOUNTS))
    await writeFile(join(target, 'etc', name), content);
}
