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
        const own = packages[index] ?? [];
        const layer = await assembleLayer({ definition, directory, architecture, packages: own });
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

async function downloadAll(
  { debian }: ImageDefinition,
  wantedMirror: string | undefined,
): Promise<readonly (readonly PackageFile[])[]> {
  if (debian === undefined) return [];
  const mirror = wantedMirror ?? (await findMirror(debian.suite));
  const sets = await Promise.all(
    ARCHITECTURES.map((architecture) =>
      downloadPackages({
        directory: join(process.cwd(), 'build/apt', `${debian.suite}-${architecture}`),
        mirror,
        suite: debian.suite,
        architecture,
        packages: [...debian.packages, ...(debian.only[architecture] ?? [])],
        leaveOut: debian.leaveOut,
      }),
    ),
  );
  requireSameVersions(sets);
  return sets;
}
