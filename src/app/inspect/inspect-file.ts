import { resolve } from 'node:path';
import { ArchParityError, hostPlatform, type Platform } from '../../core/index.ts';
import { parseReference } from '../../image/index.ts';
import { readVersion } from '../version.ts';
import { countStates, judgeUse, type DeploymentReport, type Lookup } from './deployment-report.ts';
import { mapImageName, type ImageMapping } from './image-names.ts';
import type { ImageUse, NodeGroup } from './image-use.ts';
import { inspectImage, type InspectOptions } from './inspect-image.ts';
import { readDeployment } from './read-deployment.ts';

export interface InspectFileRequest extends Omit<InspectOptions, 'audit'> {
  /** Path, or `-` with its `text`. */
  readonly file: string;
  readonly text?: string;
  /** The machines of the cluster, by platform. */
  readonly nodes: readonly NodeGroup[];
  /** References that stand for names. */
  readonly images: ImageMapping;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The stage of a Dockerfile to be built. */
  readonly target?: string;
  /** Whether to look into the images too. */
  readonly audit: boolean;
  /** Told of each image before it is looked up. */
  readonly onImage?: (reference: string) => void;
}

/** Registries are slow to answer; what they send is read on as many processors as there are. */
const LOOKUPS_AT_ONCE = 3;

/**
 * Looks at all images that a Kubernetes manifest, compose file or Dockerfile names, and whether each has the
 * platforms of the machines that it may land on.
 * @throws ArchParityError `DEPLOYMENT_…`, `REFERENCE_INVALID` of a mapping (exit 2), `TOOL_MISSING` (exit 3)
 */
export async function inspectFile(request: InspectFileRequest): Promise<DeploymentReport> {
  const { file, cwd, nodes, images, buildArgs, target, text } = request;
  const { kind, uses, remarks } = await readDeployment({
    file,
    nodes,
    buildArgs,
    buildPlatform: hostPlatform(),
    env: process.env,
    ...(target === undefined ? {} : { target }),
    ...(text === undefined ? { path: resolve(cwd, file) } : { text, path: resolve(cwd, 'stdin') }),
  });
  const referenceOf = (use: ImageUse): string => mapImageName(use.image, images);
  const wanted = new Map<string, Set<Platform>>();
  for (const use of uses) {
    const platforms = wanted.get(referenceOf(use)) ?? new Set();
    use.mayRunOn.forEach((platform) => platforms.add(platform));
    wanted.set(referenceOf(use), platforms);
  }
  const lookups = await lookUpAll(wanted, request);
  const judged = uses.map((use) => {
    const reference = referenceOf(use);
    return judgeUse(use, reference, lookups.get(reference) ?? { reason: 'it was not looked up' });
  });
  return {
    version: 1,
    archparity: readVersion(),
    file,
    kind,
    nodes,
    uses: judged,
    remarks,
    images: [...lookups.values()].flatMap((lookup) => ('image' in lookup ? [lookup.image] : [])),
    summary: countStates(judged),
  };
}

async function lookUpAll(
  wanted: ReadonlyMap<string, ReadonlySet<Platform>>,
  request: InspectFileRequest,
): Promise<Map<string, Lookup>> {
  const { default: pLimit } = await import('p-limit');
  const limit = pLimit(LOOKUPS_AT_ONCE);
  const found = await Promise.all(
    [...wanted].map(([reference, platforms]) =>
      limit(async () => [reference, await lookUp(reference, platforms, request)] as const),
    ),
  );
  return new Map(found);
}

async function lookUp(
  text: string,
  platforms: ReadonlySet<Platform>,
  request: InspectFileRequest,
): Promise<Lookup> {
  request.cancelSignal?.throwIfAborted();
  request.onImage?.(text);
  try {
    const reference = parseReference(text, request.cwd);
    if (reference.kind !== 'image') return { reason: `${text} is a path and no image` };
    return await inspectImage(reference, {
      ...request,
      audit: request.audit ? [...platforms] : false,
    });
  } catch (error) {
    // One image that is gone or broken says nothing about the others.
    if (error instanceof ArchParityError && error.code !== 'TOOL_MISSING')
      return { reason: error.message };
    throw error;
  }
}
