import type { PackageFile } from '../../src/store/index.ts';

/** Debian's cross compilers are built from the sources of the native ones, and add this to their version. */
const CROSS_BUILD = /cross\d+$/;

/**
 * Fails unless every package that several architectures have is there in one version.
 * A difference between platforms must come from the platform, not from its packages.
 * @throws Error that lists what differs
 */
export function requireSameVersions(sets: readonly (readonly PackageFile[])[]): void {
  const [first = [], ...others] = sets.map((files) =>
    files.map(({ name, version }) => ({ name, version: version.replace(CROSS_BUILD, '') })),
  );
  const versions = new Map(first.map(({ name, version }) => [name, version]));
  const differing = others
    .flat()
    .filter(({ name, version }) => (versions.get(name) ?? version) !== version)
    .map(({ name, version }) => `${name}: ${versions.get(name) ?? '?'} and ${version}`);
  if (differing.length > 0) {
    throw new Error(`package versions differ between platforms:\n${differing.join('\n')}`);
  }
}
