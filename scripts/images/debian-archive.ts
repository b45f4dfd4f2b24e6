import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const ANY_SUITE = /^(bookworm|trixie|forky|sid|stable|testing|unstable|oldstable)$/;

/** One downloaded package. */
export interface PackageFile {
  readonly name: string;
  /** Without the binary-only rebuild suffix `+bN`, which may differ between architectures. */
  readonly version: string;
  readonly path: string;
}

/**
 * The Debian mirror that this machine's apt uses: the entry of the wanted suite, else that of another
 * suite, since a mirror holds all of them.
 * @throws Error when apt knows no Debian mirror
 */
export async function findMirror(suite: string): Promise<string> {
  const format = '$(RELEASE) $(COMPONENT) $(REPO_URI)';
  const listing = await runTool('apt-get', [
    'indextargets',
    '--no-release-info',
    '--format',
    format,
    'Created-By: Packages',
  ]);
  const targets = listing
    .toString()
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, component]) => component === 'main');
  const target =
    targets.find(([release]) => release === suite) ??
    targets.find(([release]) => ANY_SUITE.test(release ?? ''));
  if (target?.[2] === undefined) {
    throw new Error("this machine's apt knows no Debian mirror; name one with --mirror URI");
  }
  return target[2];
}

/** The apt settings that decide how to reach the mirror (proxies, certificates, retries). */
async function transportSettings(): Promise<string[]> {
  const dump = await runTool('apt-config', ['dump']);
  return dump
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('Acquire::') && !line.startsWith('Acquire::Languages'));
}

/**
 * Downloads packages and what they depend on, for one architecture, with state directories of its own
 * under `directory`: the machine's apt is neither read from (but for how to reach the mirror) nor
 * changed. apt itself verifies signatures and hashes.
 */
export async function downloadPackages(options: {
  readonly directory: string;
  readonly mirror: string;
  readonly suite: string;
  readonly architecture: string;
  readonly packages: readonly string[];
  readonly leaveOut: readonly string[];
}): Promise<readonly PackageFile[]> {
  const { directory, architecture } = options;
  const archives = join(directory, 'archives');
  await rm(join(directory, 'state'), { recursive: true, force: true });
  for (const path of ['state/lists/partial', 'archives/partial', 'no-archives/partial', 'parts']) {
    await mkdir(join(directory, path), { recursive: true });
  }
  const signedBy = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
  await writeFile(join(directory, 'status'), '');
  await writeFile(
    join(directory, 'sources.list'),
    `deb ${signedBy}${options.mirror} ${options.suite} main\n`,
  );
  const settings = {
    'APT::Architecture': architecture,
    'APT::Install-Recommends': '0',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Dir::State': join(directory, 'state'),
    'Dir::State::status': join(directory, 'status'),
    'Dir::Cache': directory,
    'Dir::Cache::archives': archives,
    'Dir::Etc::Parts': join(directory, 'parts'),
    'Dir::Etc::Main': '/dev/null',
    'Dir::Etc::SourceList': join(directory, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
  };
  await writeFile(
    join(directory, 'apt.conf'),
    [
      ...(await transportSettings()),
      ...Object.entries(settings).map(([key, value]) => `${key} "${value}";`),
      `APT::Architectures { "${architecture}"; };`,
      '',
    ].join('\n'),
  );
  const apt = (...args: string[]): Promise<Buffer> =>
    runTool('apt-get', ['-q', ...args], { APT_CONFIG: join(directory, 'apt.conf') });

  await apt('update', '--error-on=any');
  // --print-uris leaves out what lies in the archive directory already: show it an empty one.
  const nothing = `Dir::Cache::archives=${join(directory, 'no-archives')}`;
  const uris = await apt('install', '--print-uris', '-qq', '-o', nothing, ...options.packages);
  const wanted = uris
    .toString()
    .split('\n')
    .flatMap((line) => /^'[^']+' (\S+) \d+ /.exec(line)?.[1] ?? [])
    .filter((file) => !options.leaveOut.includes(packageName(file)));
  await apt('install', '--download-only', '-y', ...options.packages);
  // Package lists are ten times the packages that are kept.
  for (const path of ['state', 'pkgcache.bin', 'srcpkgcache.bin']) {
    await rm(join(directory, path), { recursive: true, force: true });
  }
  const present = new Set(await readdir(archives));
  return wanted.sort().map((file) => {
    if (!present.has(file)) throw new Error(`apt did not download ${file}`);
    const version = decodeURIComponent(file.split('_')[1] ?? '').replace(/\+b\d+$/, '');
    return { name: packageName(file), version, path: join(archives, file) };
  });
}

function packageName(file: string): string {
  return file.split('_')[0] ?? file;
}

/**
 * Fails unless every package that several architectures have is there in one version.
 * A difference between platforms must come from the platform, not from its packages.
 * @throws Error that lists what differs
 */
export function requireSameVersions(sets: readonly (readonly PackageFile[])[]): void {
  const [first = [], ...others] = sets;
  const versions = new Map(first.map(({ name, version }) => [name, version]));
  const differing = others
    .flat()
    .filter(({ name, version }) => (versions.get(name) ?? version) !== version)
    .map(({ name, version }) => `${name}: ${versions.get(name) ?? '?'} and ${version}`);
  if (differing.length > 0) {
    throw new Error(`package versions differ between platforms:\n${differing.join('\n')}`);
  }
}
