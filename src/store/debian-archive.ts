import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import { createExec, requireTool, type CommandLogger } from '../process/index.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const ANY_SUITE = /^(bookworm|trixie|forky|sid|stable|testing|unstable|oldstable)$/;

/** Long enough for a slow mirror; a mirror that says nothing must not hang a run. */
const APT_TIMEOUT_MS = 15 * 60_000;

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
 * @throws ArchParityError `MIRROR_UNKNOWN` when apt knows no Debian mirror
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
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, component]) => component === 'main');
  const target =
    targets.find(([release]) => release === suite) ??
    targets.find(([release]) => ANY_SUITE.test(release ?? ''));
  if (target?.[2] === undefined) {
    throw new ArchParityError({
      code: 'MIRROR_UNKNOWN',
      message: "This machine's apt knows no Debian mirror.",
      advice: 'Add one to its sources.',
    });
  }
  return target[2];
}

/** The apt settings that decide how to reach the mirror (proxies, certificates, retries). */
async function transportSettings(): Promise<string[]> {
  const dump = await runTool('apt-config', ['dump']);
  return dump
    .split('\n')
    .filter((line) => line.startsWith('Acquire::') && !line.startsWith('Acquire::Languages'));
}

/** Runs a tool of apt's to its end and gives its stdout. @throws ArchParityError `PACKAGE_DOWNLOAD_FAILED` */
async function runTool(
  tool: string,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly logger?: CommandLogger;
  } = {},
): Promise<string> {
  const { logger, env } = options;
  const exec = createExec(logger === undefined ? {} : { logger });
  const result = await exec(await requireTool(tool), args, {
    env: { LC_ALL: 'C', ...env },
    timeoutMs: APT_TIMEOUT_MS,
  });
  if (result.exitCode === 0) return result.stdout;
  const said = result.stderr.trim().split('\n').slice(-4).join(' ');
  throw new ArchParityError({
    code: 'PACKAGE_DOWNLOAD_FAILED',
    message: `Debian packages could not be fetched (${tool}: ${result.timedOut ? 'no answer in time' : said}).`,
    advice: 'See that apt-get update works on this machine, then try again.',
  });
}

/**
 * Downloads packages and what they depend on, for one architecture, with state directories of its own
 * under `directory`: the machine's apt is neither read from (but for how to reach the mirror) nor
 * changed. apt itself verifies signatures and hashes.
 * @throws ArchParityError `PACKAGE_DOWNLOAD_FAILED`, `TOOL_MISSING`
 */
export async function downloadPackages(options: {
  readonly directory: string;
  readonly mirror: string;
  readonly suite: string;
  readonly architecture: string;
  readonly packages: readonly string[];
  readonly leaveOut: readonly string[];
  readonly logger?: CommandLogger;
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
    suitesOf(options.suite)
      .map((suite) => `deb ${signedBy}${options.mirror} ${suite} main\n`)
      .join(''),
  );
  const settings = {
    'APT::Architecture': architecture,
    'APT::Default-Release': options.suite,
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
  const { logger } = options;
  const apt = (...args: string[]): Promise<string> =>
    runTool('apt-get', ['-q', ...args], {
      env: { APT_CONFIG: join(directory, 'apt.conf') },
      ...(logger === undefined ? {} : { logger }),
    });

  await apt('update', '--error-on=any');
  // --print-uris leaves out what lies in the archive directory already: show it an empty one.
  const nothing = `Dir::Cache::archives=${join(directory, 'no-archives')}`;
  const uris = await apt('install', '--print-uris', '-qq', '-o', nothing, ...options.packages);
  const wanted = uris
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

/** Backports need packages of the release that they are for. */
function suitesOf(suite: string): readonly string[] {
  return suite.endsWith('-backports') ? [suite, suite.replace(/-backports$/, '')] : [suite];
}

function packageName(file: string): string {
  return file.split('_')[0] ?? file;
}
