import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { ArchParityError } from '../../../core/index.ts';
import { requireTool } from '../../../process/index.ts';
import { findCacheEntry, makeDirectory, withCacheEntry } from '../../../store/index.ts';
import { DEFAULT_PATH } from '../../environment.ts';
import { openAgent } from '../../local/open-agent.ts';
import { BUSYBOX_COMMANDS, unpackPackages } from '../guest-root.ts';
import { copyModules } from '../kernel-modules.ts';
import { kernelEntry, type AssetOptions } from '../vm-assets.ts';
import { dialScript } from './guest-files.ts';

/** Goes up when the disk is made in another way. */
const RECIPE = '2';

const PACKAGES = [
  'busybox-static',
  'ca-certificates',
  'dash',
  'docker.io',
  'iptables',
  'openssh-server',
  'socat',
  'util-linux',
];
/** Of the disk: its file system's own. */
const SPARE_MIB = 32;
/** What only maintainer scripts, PAM or an init want. */
const UNWANTED =
  /^(adduser|base-passwd|debconf|debianutils|gcc-\d+-base|init-system-helpers|kmod|libpam-(modules|runtime).*|libsemanage.*|libtext-.*|login.*|mount|netbase|openssh-client|openssl|openssl-provider-legacy|passwd|perl.*|procps|runit-helper|sensible-utils|systemd.*|sysvinit-utils|tini|ucf)$/;
const LEFT_OUT = ['share/doc', 'share/man', 'share/locale', 'lib/aarch64-linux-gnu/gconv'];
const CERTIFICATES = 'usr/share/ca-certificates';

/** Networks of docker's, and the machine's own. */
export const NODE_MODULES = [
  'virtio_net',
  'bridge',
  'veth',
  'nf_nat',
  'nf_tables',
  'nft_compat',
  'nft_chain_nat',
  'xt_MASQUERADE',
] as const;

/**
 * A read-only disk with all that makes a guest a node that builds: docker's daemon, sshd, and the kernel's
 * modules for networks, from Debian's arm64 packages. Made once.
 * @throws ArchParityError `PACKAGE_DOWNLOAD_FAILED`, `VM_BUILD_FAILED`, `TOOL_MISSING`
 */
export async function ensureNodeDisk(options: AssetOptions): Promise<string> {
  const { cacheDir, logger, onFetch } = options;
  const kernel = await findCacheEntry(kernelEntry(cacheDir, '4k'));
  if (kernel === undefined) throw new Error('the kernel comes before the disk');
  const modules = join(kernel, 'modules');
  const release = (await readdir(modules)).toSorted().at(-1) ?? '';
  // Modules fit the very kernel: one of another build has the same release.
  const image = await stat(join(kernel, 'vmlinuz'));
  const identity = JSON.stringify([RECIPE, PACKAGES, NODE_MODULES, release, image.size]);
  const key = `debian-${createHash('sha256').update(identity).digest('hex').slice(0, 24)}`;
  const logged = logger === undefined ? {} : { logger };
  const directory = await withCacheEntry(
    { cacheDir, kind: 'vm-node', key, ...logged },
    async (target) => {
      onFetch?.('docker and sshd for arm64');
      const root = join(target, 'root');
      makeDirectory(root);
      await unpackPackages(root, {
        packages: PACKAGES,
        wants: (name) => !UNWANTED.test(name),
        ...logged,
      });
      await arrangeRoot(root);
      await copyModules(join(modules, release), join(root, 'usr/lib/modules', release), {
        names: NODE_MODULES,
        ...logged,
      });
      await writeDisk(root, join(target, 'node.ext4'), options);
      await rm(root, { recursive: true, force: true });
    },
  );
  return join(directory, 'node.ext4');
}

/** What maintainer scripts would do. */
async function arrangeRoot(root: string): Promise<void> {
  const certificates = await joinCertificates(join(root, CERTIFICATES));
  for (const path of [...LEFT_OUT, 'share/ca-certificates'])
    await rm(join(root, 'usr', path), { recursive: true, force: true });
  await mkdir(join(root, 'usr/share/archparity'), { recursive: true });
  await writeFile(join(root, 'usr/share/archparity/ca-certificates.crt'), certificates);
  const links: readonly (readonly [string, string])[] = [
    ...BUSYBOX_COMMANDS.map((name) => [`bin/${name}`, 'busybox'] as const),
    ['bin/mountpoint', 'busybox'],
    ['bin/sh', 'dash'],
    ['sbin/modprobe', '../bin/busybox'],
    ['sbin/iptables', 'xtables-nft-multi'],
  ];
  for (const [path, to] of links) {
    const place = join(root, 'usr', path);
    await mkdir(dirname(place), { recursive: true });
    await rm(place, { force: true });
    await symlink(to, place);
  }
  await writeFile(
    join(root, 'usr/lib/os-release'),
    'NAME="archparity build node"\nPRETTY_NAME="archparity build node (Debian 13)"\nID=debian\n',
  );
  const docker = join(root, 'usr/bin/docker');
  await writeFile(docker, dialScript());
  await chmod(docker, 0o755);
}

async function joinCertificates(directory: string): Promise<string> {
  const files = (await readdir(directory, { recursive: true }))
    .filter((name) => name.endsWith('.crt'))
    .toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.join('');
}

/** In a user namespace the files are root's, as the guest has to see them. */
async function writeDisk(root: string, file: string, { logger }: AssetOptions): Promise<void> {
  const mke2fs = await requireTool('mke2fs');
  const { agent } = await openAgent({
    isolation: 'auto',
    ...(logger === undefined ? {} : { logger }),
  });
  const run = async (...argv: string[]): Promise<string> => {
    const env = { PATH: DEFAULT_PATH, LC_ALL: 'C' };
    const { exits, output } = await agent.client.run({ argv, env, outputLimit: 65_536 });
    if (exits[0]?.code === 0) return output.stdout.toString();
    const said = output.stderr.toString().trim().split('\n').slice(-3).join(' ');
    throw new ArchParityError({
      code: 'VM_BUILD_FAILED',
      message: `The disk ${basename(file)} could not be made: ${said === '' ? `${argv[0] ?? ''} failed` : said}.`,
      advice: 'See that there is room on the disk of the cache, then try again.',
    });
  };
  try {
    const mebibytes = parseInt(await run('du', '--summarize', '--block-size=1M', root), 10);
    const size = Math.ceil(mebibytes * 1.1) + SPARE_MIB;
    const features = '^has_journal,^metadata_csum,^resize_inode';
    const words = ['-q', '-t', 'ext4', '-b', '4096', '-m', '0', '-O', features, '-d', root];
    await run(mke2fs, ...words, file, `${String(size)}M`);
  } finally {
    await agent.close();
  }
}
