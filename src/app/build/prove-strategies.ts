import { join } from 'node:path';
import {
  auditBuiltImage,
  compareImages,
  type BuiltAudit,
  type StrategyId,
} from '../../build/index.ts';
import { hostPlatform, type Platform } from '../../core/index.ts';
import { writeIndex, type LayeredImage, type WrittenIndex } from '../../image/index.ts';
import { makeDirectory } from '../../store/index.ts';
import type { StrategyComparison } from './build-report.ts';
import { describeFailure, type MeasuredStrategy } from './measure-strategies.ts';

/** What a strategy produced, taken out of its builder. */
export interface ProducedImages {
  readonly id: StrategyId;
  readonly images: ReadonlyMap<Platform, LayeredImage>;
  readonly audits: readonly BuiltAudit[];
  readonly index?: WrittenIndex;
}

export interface ProveOptions {
  readonly platforms: readonly Platform[];
  /** Absolute, ours. */
  readonly directory: string;
  /** Absolute: a layout in which each strategy's index gets the strategy's name as its tag. */
  readonly layout: string;
  readonly cancelSignal: AbortSignal;
}

/** Takes the images out of the builders, audits each, and bundles those of a strategy into an index. */
export async function collectImages(
  measured: readonly MeasuredStrategy[],
  options: ProveOptions,
): Promise<ProducedImages[]> {
  const produced: ProducedImages[] = [];
  for (const one of measured) {
    if (one.failure !== undefined || one.strategy === undefined) continue;
    try {
      produced.push(
        await collectFrom(
          one,
          produced.find(({ id }) => id === 'native'),
          options,
        ),
      );
    } catch (error) {
      options.cancelSignal.throwIfAborted();
      one.failure = describeFailure(error);
    }
  }
  return produced;
}

async function collectFrom(
  { id, strategy, platform, cold }: MeasuredStrategy,
  native: ProducedImages | undefined,
  options: ProveOptions,
): Promise<ProducedImages> {
  const { platforms, cancelSignal } = options;
  const images = new Map<Platform, LayeredImage>();
  const audits: BuiltAudit[] = [];
  const [run] = cold;
  if (strategy === undefined || run === undefined) return { id, images, audits };
  const own = hostPlatform();
  // Another Dockerfile gives another image of this machine's own platform, too.
  const builds = id === 'cross' && platforms.includes(own) ? [own, platform] : [platform];
  for (const each of builds) {
    const name = each.replaceAll('/', '-');
    const directory = join(options.directory, id, 'out');
    makeDirectory(directory);
    const image: LayeredImage = { layoutDir: join(directory, name), tag: 'image' };
    const built =
      each === platform ? run : await strategy.build(each, { noCache: false, cancelSignal });
    await strategy.exportTo(built, { layout: image.layoutDir, tag: image.tag }, cancelSignal);
    images.set(each, image);
    audits.push(await auditBuiltImage(image, { platform: each, cancelSignal }));
  }
  const borrowed = native?.images.get(own);
  if (borrowed !== undefined && !images.has(own)) images.set(own, borrowed);
  if (id === 'native') return { id, images, audits };
  // No index can offer an image for what its config denies.
  if (audits.some((audit) => audit.isMisnamed)) return { id, images, audits };
  const parts = platforms.flatMap((each) => images.get(each) ?? []);
  return { id, images, audits, index: await writeIndex(options.layout, id, parts) };
}

/** Compares each strategy's images with those of the first that has them. */
export async function compareProduced(
  produced: readonly ProducedImages[],
  platforms: readonly Platform[],
): Promise<StrategyComparison[]> {
  const comparisons: StrategyComparison[] = [];
  for (const platform of platforms) {
    const having = produced.flatMap(({ id, images }) => {
      const image = images.get(platform);
      return image === undefined ? [] : [{ id, image }];
    });
    const [first, ...others] = having;
    if (first === undefined) continue;
    for (const other of others) {
      // Borrowed from the native build, so it is the very same.
      if (other.image.layoutDir === first.image.layoutDir) continue;
      const comparison = await compareImages(first.image, other.image);
      comparisons.push({ ...comparison, between: [first.id, other.id], platform });
    }
  }
  return comparisons;
}
