import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** A package whose code is in the bundles of dist/. */
export interface BundledPackage {
  /** Where it is installed, from the root of the checkout. */
  readonly directory: string;
  /** The same as package-lock.json names it, wherever node_modules is: `node_modules/a/node_modules/b`. */
  readonly location: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX id or expression, as its package.json has it. */
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The packages that the bundles' inputs come from. One may be there twice, at different places. */
export async function findBundledPackages(
  root: string,
  inputs: readonly string[],
): Promise<readonly BundledPackage[]> {
  // `NAMESPACE:PATH` is text that a plugin made, not a file.
  const directories = new Set(
    inputs.flatMap(
      (input) => /^(?:[^:]*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
    ),
  );
  return Promise.all([...directories].sort().map((directory) => readPackage(root, directory)));
}

async function readPackage(root: string, directory: string): Promise<BundledPackage> {
  const text = await readFile(path.join(root, directory, 'package.json'), 'utf8');
  const { name, version, license, dependencies } = JSON.parse(text) as BundledPackage;
  const location = directory.slice(directory.indexOf('node_modules/'));
  return {
    ...{ directory, location, name, version },
    ...(license === undefined ? {} : { license }),
    ...(dependencies === undefined ? {} : { dependencies }),
  };
}

/**
 * What a package finds in the bundle of what it asks for: the one in the nearest node_modules, as Node looks it up.
 * What it asks for and the bundle left out is not there.
 */
export function findDependencies(
  { location, dependencies = {} }: Pick<BundledPackage, 'location' | 'dependencies'>,
  packages: readonly BundledPackage[],
): readonly BundledPackage[] {
  return Object.keys(dependencies).flatMap((name) =>
    packages
      .filter((other) => {
        const home = other.location.slice(0, -`node_modules/${other.name}`.length);
        return other.name === name && `${location}/`.startsWith(home);
      })
      .sort((a, b) => b.location.length - a.location.length)
      .slice(0, 1),
  );
}
