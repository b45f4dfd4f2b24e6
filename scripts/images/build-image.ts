import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadPackages, findMirror, type PackageFile } from '../../src/store/index.ts';
import { assembleLayer } from './assemble.ts';
import { readDefinition, type ImageDefinition } from './definition.ts';
import { encodeLayer } from './layer.ts';
import { writeLayout } from './oci-layout.ts';
import { requireSameVersions } from './same-versions.ts';

/** Debian's and OCI's names are the same for these two. */
const ARCHITECTURES = ['amd64', 'arm64'] as const;

/**
 * Makes one image and puts it at `target` when it is whole.
 * @param epoch seconds; every file in the image bears it
 * @returns sizes, for people
 */
export async function buildImage(options: {
  readonly directory: string;
  readonly target: string;
  readonly epoch: number;
  readonly mirror: string | undefined;
}): Promise<string> {
  const { directory, target, epoch } = options;
  const definition = readDefinition(join(directory, 'image.yaml'));
  const packages = await downloadAll(definition, options.mirror);
  const layers = new Map(
    await Promise.all(
      ARCHITECTURES.map(async (architecture, index) => {
        const own = packages[index] ?? { installed: [], repository: [] };
        const { installed, repository } = own;
        const layer = await assembleLayer({
          ...{ definition, directory, architecture },
          ...{ packages: installed, repository },
        });
        return [architecture, encodeLayer(layer, epoch)] as const;
      }),
    ),
  );
  await rm(`${target}.new`, { recursive: true, force: true });
  await writeLayout(`${target}.new`, layers, { config: definition.config, epoch });
  await rm(target, { recursive: true, force: true });
  await rename(`${target}.new`, target);
  return [...layers].map(([arch, tar]) => `${arch} ${(tar.length / 1e6).toFixed(0)} MB`).join(', ');
}

/** The packages of one architecture. */
interface PackageSet {
  readonly installed: readonly PackageFile[];
  /** Those that lie in the image, to be installed. */
  readonly repository: readonly PackageFile[];
}

async function downloadAll(
  { debian }: ImageDefinition,
  wantedMirror: string | undefined,
): Promise<readonly PackageSet[]> {
  if (debian === undefined) return [];
  const mirror = wantedMirror ?? (await findMirror(debian.suite));
  const sets = await Promise.all(
    ARCHITECTURES.map(async (architecture): Promise<PackageSet> => {
      const { leaveOut, suite } = debian;
      const packages = [...debian.packages, ...(debian.only[architecture] ?? [])];
      const directory = join(process.cwd(), 'build/apt', `${suite}-${architecture}`);
      const options = { directory, mirror, suite, architecture, leaveOut };
      const installed = await downloadPackages({ ...options, packages });
      if (debian.repository.length === 0) return { installed, repository: [] };
      const all = await downloadPackages({
        ...options,
        packages: [...packages, ...debian.repository],
      });
      const present = new Set(installed.map(({ name }) => name));
      return { installed, repository: all.filter(({ name }) => !present.has(name)) };
    }),
  );
  requireSameVersions(sets.map(({ installed, repository }) => [...installed, ...repository]));
  return sets;
}
